import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { listing } from '../../support/lab.js';
import { documentOf, Workplace } from '../cli-workstation.js';
import { flipByte } from '../pass/damage.js';
import { empty } from './local-copies.js';

async function emptied(): Promise<{ lab: Workplace; run: string }> {
  const lab = new Workplace();
  const run = await lab.run('Run_1', { 'a.txt': 'aaa', 'sub/b.txt': 'bbb', 'c.txt': 'ccc' });
  expect(await lab.cli('sync', run)).toMatchObject({ exitCode: 0 });
  empty(run);
  return { lab, run };
}

it('brings a run back and says so, by any spelling of its path', async () => {
  const { lab, run } = await emptied();
  rmSync(run, { recursive: true });

  const answer = await lab.cli('restore', 'local/Run_1/');

  expect(answer).toMatchObject({ exitCode: 0, stderr: '' });
  expect(answer.stdout).toBe(`✔ restored  ${run}  (3 files, 9 B: 3 brought back, 0 in place already)`);
  expect(readFileSync(join(run, 'sub/b.txt'), 'utf8')).toBe('bbb');
});

it('--json prints one document', async () => {
  const { lab, run } = await emptied();

  const answer = await lab.cli('restore', run, '--json', '--to', 'back', 'sub');

  expect(answer).toMatchObject({ exitCode: 0, stderr: '' });
  expect(documentOf(answer)).toEqual({
    ...{ runPath: run, to: join(lab.root, 'back'), restored: 1, skipped: 0, files: 1, bytes: 3 },
    ...{ conflicts: [], mismatched: [], missing: [] },
  });
  expect(listing(join(lab.root, 'back'))).toEqual(['sub/', 'sub/b.txt']);
});

it('exit 1 with every conflict by name and the way out, and --overwrite takes it', async () => {
  const { lab, run } = await emptied();
  writeFileSync(join(run, 'a.txt'), 'AAA');
  writeFileSync(join(run, 'c.txt'), 'longer');

  const answer = await lab.cli('restore', run);

  expect(answer).toMatchObject({ exitCode: 1 });
  expect(answer.stdout).toContain('in the way: a.txt\n    in the way: c.txt');
  expect(answer.stderr).toMatch(
    /2 in the way, nothing was written; restore with --overwrite .* or --to another folder/u,
  );
  expect(existsSync(join(run, 'sub'))).toBe(false);
  expect(await lab.cli('restore', run, '--overwrite')).toMatchObject({ exitCode: 0 });
  expect(readFileSync(join(run, 'a.txt'), 'utf8')).toBe('aaa');
});

it('exit 4 where the NAS does not hold what was proven', async () => {
  const { lab, run } = await emptied();
  flipByte(join(lab.nas, 'Run_1/a.txt'));
  rmSync(join(lab.nas, 'Run_1/c.txt'));

  const answer = await lab.cli('restore', run, '--json');

  expect(answer).toMatchObject({ exitCode: 4, stderr: expect.stringContaining('1 not as proven, 1 missing') });
  expect(documentOf(answer)).toMatchObject({ restored: 1, mismatched: ['a.txt'], missing: ['c.txt'] });
});

it('exit 2 for a file that the run does not hold, and for a run that nobody knows', async () => {
  const { lab, run } = await emptied();
  expect(await lab.cli('restore', run, 'a.tx')).toMatchObject({
    ...{ exitCode: 2, stdout: '' },
    stderr: 'nas-sync: the run holds no file or folder a.tx; did you mean a.txt?',
  });
  expect(await lab.cli('restore', join(lab.local, 'Run_2'))).toMatchObject({ exitCode: 2, stdout: '' });
});

it('exit 5 while the run is at work', async () => {
  const lab = new Workplace();
  const run = await lab.run('Run_1');
  await lab.cli('enqueue', run);
  expect(await lab.cli('restore', run)).toMatchObject({
    ...{ exitCode: 5, stdout: '' },
    stderr: expect.stringContaining('is queued'),
  });
});

it.each(['SIGINT', 'SIGTERM'] as const)('%s ends it soon with 130, and leaves nothing of its own', async (signal) => {
  const lab = new Workplace();
  const run = await lab.run('Run_1', { 'big.bin': randomBytes(4 * 1024 * 1024) });
  await lab.cli('sync', run);
  empty(run);
  lab.configure({ uploadMbps: 4 });
  const before = listing(run);
  const restore = lab.start(['--config', lab.config, 'restore', run, '--json']);
  while (listing(run).length === before.length) await sleep(10);
  await sleep(300);
  const since = Date.now();

  restore.kill(signal);

  const { exitCode, stdout, stderr } = await restore;
  expect({ exitCode, stdout }).toEqual({ exitCode: 130, stdout: '' });
  expect(stderr).toContain('the same command goes on from there');
  expect(Date.now() - since).toBeLessThan(5000);
  expect(listing(run)).toEqual(before);
});

it('--help shows an example', async () => {
  const { stdout } = await new Workplace().cli('restore', '--help');
  expect(stdout).toMatch(/Example:\n +nas-sync restore /u);
});
