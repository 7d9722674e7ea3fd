import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { LiveWork, NasSyncClient } from 'nas-sync';
import { fill, Lab, noise } from '../../support/lab.js';

const KIB = 1024;
const TREE = { 'a.bin': noise(300 * KIB), 'b.bin': noise(300 * KIB, 2), 'sub/c.bin': noise(300 * KIB, 3) };
const BYTES = 900 * KIB;

/** Every state of the work that the live store went through, stage by stage. */
function follow(client: NasSyncClient): Record<LiveWork['phase'], LiveWork[]> {
  const seen: Record<LiveWork['phase'], LiveWork[]> = { push: [], verify: [], clean: [], restore: [] };
  client.live.subscribe(({ context }) => {
    for (const { work } of Object.values(context.jobs)) if (work !== null) seen[work.phase].push(work);
  });
  return seen;
}

function expectRiseTo(works: readonly LiveWork[], bytes: number): void {
  const moved = works.map((work) => work.bytes);
  expect(moved).toEqual(moved.toSorted((a, b) => a - b));
  expect(moved.at(-1)).toBe(bytes);
  expect(new Set(works.map((work) => work.totalBytes))).toEqual(new Set([bytes]));
}

it('tells of bytes that only rise on the way back, too', async () => {
  const lab = new Lab({ uploadMbps: 8 });
  const run = await lab.makeRun(TREE);
  await lab.sync(run);
  rmSync(join(run, 'b.bin'));
  rmSync(join(run, 'sub/c.bin'));
  const seen = follow(lab.client);

  await lab.client.restore(run);

  expectRiseTo(seen.restore, BYTES);
  expect(new Set(seen.restore.map((work) => work.bytes)).size).toBeGreaterThan(4);
});

it('tells of bytes that only rise and reach the total, and of the files that they belong to', async () => {
  const lab = new Lab({ uploadMbps: 8 });
  const run = await lab.makeRun(TREE);
  const seen = follow(lab.client);

  await lab.sync(run);

  expectRiseTo(seen.push, BYTES);
  expectRiseTo(seen.verify, BYTES);
  expect(seen.push.length).toBeGreaterThan(4);
  expect(seen.push.at(-1)).toMatchObject({ files: 3, totalFiles: 3 });
  const named = new Set(seen.push.map((work) => work.currentFile).filter((name) => name !== null));
  expect(named.size).toBeGreaterThan(1);
  expect(Object.keys(TREE)).toEqual(expect.arrayContaining([...named]));
});

it('counts each byte once where everything is in place already', async () => {
  const lab = new Lab();
  const run = await lab.makeRun(TREE);
  await lab.sync(run);
  const again = lab.open({ database: lab.at('another.db') });
  const seen = follow(again);

  await lab.sync(run, again);

  expectRiseTo(seen.push, BYTES);
});

it('counts the bytes of the run alone where files lie beside its record', async () => {
  const lab = new Lab();
  const run = await lab.makeRun(TREE);
  fill(run, { '.exlab-wizard/preview.png': noise(100 * KIB) });
  const seen = follow(lab.client);

  await lab.sync(run);

  expectRiseTo(seen.push, BYTES);
});

it('keeps no work of a job that rests', async () => {
  const lab = new Lab();
  const run = await lab.makeRun(TREE);

  const { jobId } = await lab.sync(run);

  const { jobs, lanes } = lab.client.live.getSnapshot().context;
  expect(jobs[jobId]).toMatchObject({ runPath: run, place: 'verified', work: null });
  expect(lanes['SCOPE']).toMatchObject({ state: 'idle', because: null });
});
