import { createHash } from 'node:crypto';
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createRecord, type RebuildReport } from 'nas-sync';
import { contentsBelow, CliLab } from '../../support/cli-lab.js';

const CLEANUP = `
nas_cleanup: { min_verify_passes: 1, min_age_hours: 0, min_evidence: cached-read, retain_cache: true }
`;

let lab: CliLab;
beforeEach(async () => {
  lab = await CliLab.open();
  const config = join(lab.root, 'config.yaml');
  writeFileSync(config, `${readFileSync(config, 'utf8')}${CLEANUP}`);
});
afterEach(() => lab.close());

const makeRun = (name: string): Promise<string> => lab.run(name, 3, (index) => 100 + index);

async function cleaned(run: string): Promise<void> {
  expect(await lab.cli('sync', run, '--quiet')).toMatchObject({ exitCode: 0 });
  expect(await lab.cli('clean', run, '--quiet')).toMatchObject({ exitCode: 0 });
  expect(statusOf(run)).toBe('cleaned');
}

const statusOf = (run: string): unknown =>
  (JSON.parse(readFileSync(join(run, '.exlab-wizard/creation.json'), 'utf8')) as { sync_status: unknown }).sync_status;

function loseQueue(): void {
  for (const name of readdirSync(lab.root)) if (name.startsWith('queue.db')) rmSync(join(lab.root, name));
}

/** Every name and content below the folders, records and manifests too. */
async function hashOf(...folders: string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const folder of folders) {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    for (const entry of entries.toSorted((a, b) =>
      join(a.parentPath, a.name) < join(b.parentPath, b.name) ? -1 : 1,
    )) {
      hash.update(`${join(entry.parentPath, entry.name)}\0`);
      if (entry.isFile()) hash.update(await readFile(join(entry.parentPath, entry.name)));
    }
  }
  return hash.digest('hex');
}

const all = (): Promise<string> => hashOf(join(lab.root, 'data'), lab.nas);

it('a cleaned run whose queue is lost is still cleaned: sync says so, names restore, and writes nothing', async () => {
  const run = await makeRun('Run_1');
  const was = await contentsBelow(run);
  await cleaned(run);
  const before = await all();
  loseQueue();
  const answer = await lab.cli('sync', run, '--quiet');
  expect(answer.exitCode).toBe(1);
  expect(answer.stderr).toContain(`nas-sync restore ${run}`);
  expect(answer.stderr).not.toContain('move away');
  expect(await lab.jobs()).toEqual([]);
  expect(await all()).toBe(before);
  expect(await lab.cli('restore', run, '--quiet')).toMatchObject({ exitCode: 0 });
  expect(await contentsBelow(run)).toEqual(was);
  expect(await lab.cli('sync', run, '--quiet')).toMatchObject({ exitCode: 0 });
  expect(statusOf(run)).toBe('synced');
});

it('new data in a cleaned run whose queue is lost is refused by name, as is other content under a proven name', async () => {
  const run = await makeRun('Run_1');
  await cleaned(run);
  loseQueue();
  writeFileSync(join(run, 'new.tif'), 'new');
  const before = await all();
  expect((await lab.cli('sync', run, '--quiet')).stderr).toContain('holds new data: new.tif');
  expect(await all()).toBe(before);
  rmSync(join(run, 'new.tif'));
  expect(await lab.cli('restore', run, '--quiet')).toMatchObject({ exitCode: 0 });
  writeFileSync(join(run, 'part 0/image 0.tif'), 'another');
  expect((await lab.cli('sync', run, '--quiet')).stderr).toContain('holds new data: part 0/image 0.tif');
  expect(statusOf(run)).toBe('cleaned');
});

it('a run that was half deleted when its queue was lost never becomes a smaller run: the message names restore', async () => {
  const run = await makeRun('Run_1');
  expect(await lab.cli('sync', run, '--quiet')).toMatchObject({ exitCode: 0 });
  loseQueue();
  rmSync(join(run, 'part 0'), { recursive: true });
  const before = await all();
  const answer = await lab.cli('sync', run, '--quiet');
  expect(answer.exitCode).toBe(1);
  expect(answer.stderr).toContain('part 0/image 0.tif');
  expect(answer.stderr).toContain('nas-sync restore');
  expect(await all()).toBe(before);
});

it('a lost queue with a record and manifest that say nothing is caught by the manifest on the NAS, before anything is written there', async () => {
  const run = await makeRun('Run_1');
  expect(await lab.cli('sync', run, '--quiet')).toMatchObject({ exitCode: 0 });
  loseQueue();
  const record = join(run, '.exlab-wizard/creation.json');
  writeFileSync(record, readFileSync(record, 'utf8').replace('"synced"', '"pending"'));
  rmSync(join(run, '.exlab-wizard/checksums.sha256'));
  rmSync(join(run, 'part 0'), { recursive: true });
  writeFileSync(join(run, 'part 1/image 1.tif'), 'other');
  const before = await hashOf(lab.nas);
  const answer = await lab.cli('sync', run, '--quiet');
  expect(answer.exitCode).toBe(1);
  expect(answer.stderr).toContain('the only copies of part 0/image 0.tif');
  expect(answer.stderr).toContain('nas-sync restore');
  expect(answer.stderr).not.toContain('move away');
  expect(await hashOf(lab.nas)).toBe(before);
});

it('a queue from before a run was cleaned neither pushes nor deletes it: the job fails, names restore, and the record stays', async () => {
  const run = await makeRun('Run_1');
  const was = await contentsBelow(run);
  expect(await lab.cli('sync', run, '--quiet')).toMatchObject({ exitCode: 0 });
  const copy = join(lab.root, 'backup.db');
  cpSync(lab.database, copy);
  await cleaned(run);
  loseQueue();
  cpSync(copy, lab.database);
  const nas = await hashOf(lab.nas);

  const [shown] = await lab.jobs();
  expect(shown!.waitingFor[0]).toMatchObject({ name: 'record_agrees', ok: false });
  expect((await lab.cli('status')).stdout).toContain('the run record says cleaned');
  expect((await lab.cli('sync', run, '--quiet')).stderr).toContain('nas-sync restore');

  await lab.cli('run', '--once', '--quiet');
  const [job] = await lab.jobs();
  expect(job).toMatchObject({ state: 'failed', lastError: { kind: 'local_file_vanished' } });
  expect(job!.lastError!.message).toContain('nas-sync restore');
  expect(statusOf(run)).toBe('cleaned');
  expect(await hashOf(lab.nas)).toBe(nas);

  await lab.cli('retry', run);
  await lab.cli('run', '--once', '--quiet');
  expect(statusOf(run)).toBe('cleaned');
  expect(await hashOf(lab.nas)).toBe(nas);

  expect(await lab.cli('restore', run, '--quiet')).toMatchObject({ exitCode: 0 });
  expect(await contentsBelow(run)).toEqual(was);
  expect(await lab.cli('sync', run, '--quiet')).toMatchObject({ exitCode: 0 });
  expect(statusOf(run)).toBe('synced');
});

it('rebuild queues what is here, leaves what left, tells of each, and with --dry-run changes nothing at all', async () => {
  const [verified, gone, fresh] = [await makeRun('Run_1'), await makeRun('Run_2'), await makeRun('Run_3')];
  expect(await lab.cli('sync', verified, '--quiet')).toMatchObject({ exitCode: 0 });
  await cleaned(gone);
  loseQueue();
  const before = await all();
  const dry = await lab.cli('rebuild', '--dry-run', '--json');
  expect(dry.exitCode).toBe(0);
  expect(await all()).toBe(before);
  expect(await lab.jobs()).toEqual([]);

  const { exitCode, stdout } = await lab.cli('rebuild', '--json');
  expect(exitCode).toBe(0);
  const { runs } = JSON.parse(stdout) as RebuildReport;
  expect(stdout).toBe(dry.stdout);
  expect(runs.map(({ runPath, recordStatus, done }) => [runPath, recordStatus, done])).toEqual([
    [verified, 'synced', 'queued'],
    [gone, 'cleaned', 'cleaned'],
    [fresh, 'pending', 'queued'],
  ]);
  const jobs = await lab.jobs();
  expect(jobs.map(({ state, verifyPasses }) => [state, verifyPasses])).toEqual([
    ['queued', 0],
    ['queued', 0],
  ]);
  expect(existsSync(join(verified, 'part 0/image 0.tif'))).toBe(true);
  const again = JSON.parse((await lab.cli('rebuild', '--json')).stdout) as RebuildReport;
  expect(again.runs.map(({ done }) => done)).toEqual(['already queued', 'cleaned', 'already queued']);
  expect(statusOf(gone)).toBe('cleaned');
});

it('rebuild tells a run that is not whole, passes over what has no record, and ends with 1', async () => {
  const run = await makeRun('Run_1');
  expect(await lab.cli('sync', run, '--quiet')).toMatchObject({ exitCode: 0 });
  loseQueue();
  rmSync(join(run, 'part 0'), { recursive: true });
  const other = await makeRun('Run_2');
  rmSync(join(other, '.exlab-wizard'), { recursive: true });
  const { exitCode, stdout } = await lab.cli('rebuild', '--json');
  expect(exitCode).toBe(1);
  expect((JSON.parse(stdout) as RebuildReport).runs).toMatchObject([{ runPath: run, done: 'conflict' }]);
  await createRecord(other);
  expect((await lab.cli('rebuild')).stdout).toContain('queued');
});
