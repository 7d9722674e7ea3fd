import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { AuditProgress, NasSyncClient } from 'nas-sync';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { MemoryLab } from '../../support/memory-lab.js';

let lab: MemoryLab;
let client: NasSyncClient;
beforeEach(async () => {
  lab = await MemoryLab.open(['SCOPE', 'OTHER']);
  client = await lab.client({ drive: 'none' });
});
afterEach(() => lab.close());

it('judges every run of every root, in the queue or not, and names what is found by run', async () => {
  const good = await lab.run('Run_1');
  const bad = await lab.run('day 1/Run_a:b', { equipmentId: 'OTHER' });
  const orphan = join(dirname(good), 'Run_3');
  mkdirSync(orphan);
  await client.enqueue(good);
  const { runs, unread } = await client.gate({ all: true });
  expect(unread).toEqual([]);
  expect(runs.map(({ runPath, eligible, findings }) => [runPath, eligible, findings.map(({ rule }) => rule)])).toEqual([
    [good, true, []],
    [orphan, false, ['record_missing', 'orphan']],
    [bad, false, ['illegal_filesystem_character']],
  ]);
  expect(runs[1]?.findings.map(({ tier }) => tier)).toEqual(['hard', 'soft']);
});

it('changes nothing', async () => {
  const bad = await lab.run('Run_a:b');
  const before = await lab.recordOf(bad);
  await client.gate({ all: true });
  await client.gate([bad]);
  expect(await lab.recordOf(bad)).toEqual(before);
  expect(readdirSync(join(bad, '.exlab-wizard'))).toEqual(['creation.json']);
  expect(await client.jobs()).toEqual([]);
});

it('gives the same answer each time', async () => {
  for (const name of ['Run_b', 'Run_a:b', 'Run_<x>']) await lab.run(name, { files: { 'z<': '', 'a|b': '', CON: '' } });
  expect(await client.gate({ all: true })).toEqual(await client.gate({ all: true }));
});

it('tells how far it is', async () => {
  for (const name of ['Run_1', 'Run_2']) await lab.run(name);
  const seen: AuditProgress[] = [];
  await client.gate({ all: true }, { onProgress: (progress) => seen.push(progress) });
  expect(seen.filter(({ phase }) => phase === 'finding').at(-1)).toMatchObject({
    folders: expect.any(Number) as number,
  });
  expect(seen.filter(({ phase }) => phase === 'judging')).toMatchObject([
    { runs: 2, judged: 0, path: expect.stringMatching(/Run_1$/) as string },
    { runs: 2, judged: 1, path: expect.stringMatching(/Run_2$/) as string },
  ]);
});

it('says which runs and roots it could not judge, and judges the others', async () => {
  const good = await lab.run('Run_1');
  const odd = await lab.run('Run_2');
  const validator = {
    validate: async ({ runPath }: { runPath: string }) => {
      if (runPath === odd) throw new Error('a disk that is ill');
      return [];
    },
  };
  const host = await lab.client({ drive: 'none', validator });
  const { runs, unread } = await host.gate({ all: true });
  expect(runs.map(({ runPath }) => runPath)).toEqual([good]);
  expect(unread.map(({ message }) => message)).toEqual([
    // OTHER has no run and so no folder.
    expect.stringMatching(/OTHER cannot be looked at \(ENOENT\)/),
    `${odd}: a disk that is ill`,
  ]);
});

it('ends when it is told to', async () => {
  await lab.run('Run_1');
  const stop = new AbortController();
  const auditing = client.gate(
    { all: true },
    { signal: stop.signal, onProgress: () => stop.abort(new Error('enough')) },
  );
  await expect(auditing).rejects.toThrow('enough');
});

it('names one run once, whatever it is called', async () => {
  const run = await lab.run('Run_1');
  expect((await client.gate([run, `${run}/`, join(run, '..', 'Run_1')])).runs).toHaveLength(1);
});

it('refuses paths that are no runs', async () => {
  const run = await lab.run('Run_1');
  await expect(client.gate([run, join(run, 'gone')])).rejects.toMatchObject({ code: 'run_not_found' });
  await expect(client.gate(['/'])).rejects.toMatchObject({ code: 'run_outside_roots' });
});

it('takes a run whose record cannot be read for one all the same, and no orphan', async () => {
  const run = await lab.run('Run_1');
  writeFileSync(join(run, '.exlab-wizard', 'creation.json'), '{');
  rmSync(join(run, 'data.bin'));
  const [view] = (await client.gate({ all: true })).runs;
  expect(view).toMatchObject({ runPath: run, eligible: false, findings: [{ rule: 'record_invalid' }] });
});
