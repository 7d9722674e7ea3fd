import { existsSync, mkdirSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect } from 'vitest';
import { documentOf, statesOf, Workplace } from '../cli-workstation.js';
import { itMounts, mountExt4Below } from '../mount/mounts.js';
import { fillUp } from './full-disk.js';

/** A workstation with one disk, which holds the runs, the queue and the temporary files. */
async function oneDisk() {
  const lab = new Workplace();
  await mountExt4Below(lab.root, lab.local, '-m', '0');
  const runs = join(lab.local, 'runs');
  for (const name of ['runs', 'state', 'tmp']) mkdirSync(join(lab.local, name));
  const transport = { type: 'mount', path: lab.nas };
  const config = {
    database: join(lab.local, 'state/queue.db'),
    equipment: [{ id: 'SCOPE', local_root: runs, transport }],
    nas_cleanup: { enabled: true, min_verify_passes: 1, min_age_hours: 0, min_evidence: 'cached-read' },
  };
  writeFileSync(lab.config, JSON.stringify(config));
  const cli = (...args: readonly string[]) =>
    lab.plain(['--config', lab.config, ...args], { env: { TMPDIR: join(lab.local, 'tmp') } });
  const files = { 'a.bin': 'x'.repeat(20_000), 'sub/deep/b.bin': 'y'.repeat(9000) };
  const [first, second] = [await lab.run('runs/Run_1', files), await lab.run('runs/Run_2', files)];
  expect(await cli('sync', first)).toMatchObject({ exitCode: 0 });
  expect(await cli('enqueue', second)).toMatchObject({ exitCode: 0 });
  return { lab, disk: lab.local, cli, first, second };
}

const reserveOf = (disk: string): string => join(disk, 'state/queue.db-reserve');

itMounts(
  'on a full disk, commands that only read work, and leave the reserve of the queue to those that write',
  async () => {
    const { disk, cli, first } = await oneDisk();
    fillUp(disk);
    expect(statesOf(await cli('status', '--json'))).toEqual(['verified', 'queued']);
    const reading = [
      ['explain', first],
      ['history', first],
      ['proof', first],
      ['gate', first],
      ['clean', '--dry-run', first],
    ];
    for (const args of reading) expect(await cli(...args), args.join(' ')).toMatchObject({ exitCode: 0 });
    expect(existsSync(reserveOf(disk))).toBe(true);
  },
);

itMounts('clean deletes a run of the full disk that holds the queue and the temporary files as well', async () => {
  const { disk, cli, first } = await oneDisk();
  fillUp(disk);
  const answer = await cli('clean', '--json', first);
  expect(answer).toMatchObject({ exitCode: 0 });
  expect(documentOf(answer)).toMatchObject({ deleted: true, files: 2 });
  expect(existsSync(join(first, 'a.bin'))).toBe(false);
  expect(statfsSync(disk).bavail).toBeGreaterThan(0);
});

itMounts('a queued run of a full disk is pushed, proven and deleted by run', async () => {
  const { disk, cli, first, second } = await oneDisk();
  fillUp(disk);
  expect(await cli('run', '--once', '--accept-policy')).toMatchObject({ exitCode: 0 });
  expect(statesOf(await cli('status', '--json', first, second))).toEqual(['cleaned', 'cleaned']);
});

itMounts('without a reserve, what cannot be written says that the disk is full', async () => {
  const { disk, cli, first } = await oneDisk();
  await execa('rm', [reserveOf(disk)]);
  fillUp(disk);
  for (const args of [
    ['clean', first],
    ['run', '--once'],
    ['retry', first],
    ['cancel', first],
  ]) {
    const { exitCode, stderr } = await cli(...args);
    expect(exitCode, args.join(' ')).not.toBe(0);
    expect(stderr, args.join(' ')).toMatch(/full|is verified/u);
    expect(stderr).not.toMatch(/rollback|permissions|disk I\/O/u);
  }
  expect(statesOf(await cli('status', '--json', first))).toEqual(['verified']);
});

itMounts('a record that finds no room says that the disk is full, and is written once there is some', async () => {
  const { lab, disk, cli } = await oneDisk();
  const run = lab.bareRun('runs/Run_3');
  fillUp(disk);
  await execa('bash', ['-c', `rm ${reserveOf(disk)}; cat /dev/zero > ${join(disk, 'filler-4')} || true`], {
    reject: false,
  });
  const { exitCode, stderr } = await cli('adopt', run);
  expect(exitCode).toBe(1);
  expect(stderr).toContain('is full');
  await execa('bash', ['-c', `rm ${disk}/filler-*`]);
  expect(await cli('adopt', run)).toMatchObject({ exitCode: 0 });
});
