import { existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import type { LiveWork } from 'nas-sync';
import { expect, it } from 'vitest';
import { CliLab, ended } from '../../support/cli-lab.js';
import { differences, Lab, listing, noise } from '../../support/lab.js';
import { empty, keepCopy } from './local-copies.js';

/** More than one batch. */
const TREE = Object.fromEntries(Array.from({ length: 1200 }, (_, i) => [`part ${i % 7}/${i}.bin`, noise(1000, i)]));

const staged = (run: string): string[] =>
  readdirSync(join(run, '.exlab-wizard')).filter((name) => name.startsWith('.nas-sync-'));

async function emptied(uploadMbps?: number): Promise<{ lab: Lab; run: string; kept: string }> {
  const lab = new Lab(uploadMbps === undefined ? {} : { uploadMbps });
  const run = await lab.makeRun(TREE);
  await lab.sync(run);
  const kept = keepCopy(lab, run);
  empty(run);
  return { lab, run, kept };
}

it('what was placed before it was aborted stays, nothing of its own does, and the next one goes on from there', async () => {
  const { lab, run, kept } = await emptied();
  const abort = new AbortController();
  const reason = new Error('enough');
  lab.client.live.subscribe(({ context }) => {
    const work = Object.values(context.jobs)[0]?.work;
    if (work?.phase === 'restore' && work.files > 600) abort.abort(reason);
  });

  await expect(lab.client.restore(run, { signal: abort.signal })).rejects.toBe(reason);

  expect(staged(run)).toEqual([]);
  const next = await lab.client.restore(run);
  expect(next.skipped).toBeGreaterThanOrEqual(500);
  expect(next.restored).toBeGreaterThan(0);
  expect(next.restored + next.skipped).toBe(1200);
  expect(await differences(kept, run)).toBe('');
});

it('closing the client ends it and leaves nothing behind', async () => {
  const { lab, run } = await emptied();
  const client = lab.open({ drive: 'none' });
  const restoring = client.restore(run);
  restoring.catch(() => undefined);
  await new Promise<void>((resolve) => {
    client.live.subscribe(({ context }) => {
      if ((Object.values(context.jobs)[0]?.work?.files ?? 0) > 500) resolve();
    });
  });
  await client.close({ deadline: 0 });

  expect(staged(run)).toEqual([]);
  await expect(restoring).rejects.toMatchObject({ code: 'closed' });
});

it('killed (-9) at any moment, it goes on from there, and what it left is removed', async () => {
  const lab = await CliLab.open();
  try {
    const run = await lab.run('Run_1', 2000, (index) => 200 + ((index * 37) % 20_000));
    expect((await lab.cli('sync', run, '--quiet')).exitCode).toBe(0);
    const kept = join(lab.root, 'kept');
    await execa('cp', ['-a', run, kept]);
    empty(run);
    const leftovers = new Set<string>();
    for (let tries = 0; tries < 20 && leftovers.size === 0; tries += 1) {
      const child = lab.start('restore', run, '--quiet');
      while (staged(run).length === 0 && child.exitCode === null) await sleep(5);
      await sleep(tries * 20);
      child.kill('SIGKILL');
      await ended(child);
      for (const name of staged(run)) leftovers.add(name);
      for (const path of listing(run)) {
        if (path.endsWith('.tif')) expect(statSync(join(run, path)).size).toBe(statSync(join(kept, path)).size);
      }
    }
    expect(leftovers.size).toBeGreaterThan(0);

    expect(await lab.cli('restore', run, '--quiet')).toMatchObject({ exitCode: 0 });

    expect(await differences(kept, run)).toBe('');
    expect(staged(run)).toEqual([]);
  } finally {
    await lab.close();
  }
});

it('two at one destination do not come into the way of each other', async () => {
  const { lab, run, kept } = await emptied();
  const first = lab.client.restore(run);
  while (staged(run).length === 0) await sleep(1);

  await expect(lab.client.restore(run)).rejects.toMatchObject({ code: 'job_busy' });

  expect(await first).toMatchObject({ restored: 1200 });
  expect(await differences(kept, run)).toBe('');
});

it('nobody else has to wait for what another host, or a reused process id, left long ago', async () => {
  const { lab, run } = await emptied();
  const left = join(run, '.exlab-wizard', `.nas-sync-restore-00000000-${process.pid}-0.tmp`);
  mkdirSync(join(left, 'sub'), { recursive: true });
  await expect(lab.client.restore(run)).rejects.toThrow(/remove .*\.nas-sync-restore-/u);
  await execa('touch', ['-d', '2 days ago', left]);

  await lab.client.restore(run);

  expect(existsSync(left)).toBe(false);
});

it('the cap of the equipment holds on the way back, and progress goes from nothing to all', async () => {
  const lab = new Lab({ uploadMbps: 8 });
  const run = await lab.makeRun({ 'a.bin': noise(1_000_000), 'b.bin': noise(1_000_000, 2), here: 'x'.repeat(1000) });
  await lab.sync(run);
  empty(run);
  await lab.client.restore(run, { files: ['here'] });
  const seen: LiveWork[] = [];
  lab.client.live.subscribe(({ context }) => {
    const work = Object.values(context.jobs)[0]?.work;
    if (work?.phase === 'restore') seen.push(work);
  });

  const began = performance.now();
  await lab.client.restore(run);

  expect(performance.now() - began).toBeGreaterThan(1500);
  expect(seen[0]).toMatchObject({ files: 0, bytes: 0, totalFiles: 3, totalBytes: 2_001_000 });
  expect(seen.at(-1)).toMatchObject({ files: 3, bytes: 2_001_000 });
  expect(new Set(seen.map(({ bytes }) => bytes)).size).toBeGreaterThan(5);
  expect(Object.values(lab.client.live.getSnapshot().context.jobs)[0]?.work).toBeNull();
});
