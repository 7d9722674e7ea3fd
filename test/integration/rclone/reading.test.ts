import { existsSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { Lab, fill } from '../../support/lab.js';
import { never, REMOTES, remoteOf } from './remotes.js';
import { reading } from './requests.js';

afterEach(() => {
  delete process.env['RCLONE_DRY_RUN'];
  delete process.env['RCLONE_EXCLUDE'];
});

it('sftp: does not follow a link that stands on the server where the run has a file', async () => {
  const remote = await remoteOf('sftp', new Lab());
  fill(join(remote.disk, 'Run_1'), { 'real.txt': 'x' });
  symlinkSync('real.txt', join(remote.disk, 'Run_1/a.txt'));
  symlinkSync('.', join(remote.disk, 'Run_1/round'));

  const { files, folders } = await remote.transport().hash(reading());

  expect(files.map(({ path }) => path)).toEqual(['real.txt']);
  expect(folders).toEqual([]);
});

it('sftp: is not misled by a name that holds the line of another file', async () => {
  const remote = await remoteOf('sftp', new Lab());
  const forged = `x\n${'0'.repeat(40)}  a.txt`;
  fill(join(remote.disk, 'Run_1'), { 'a.txt': 'damaged', [forged]: 'x', 'b.txt': 'b' });

  const { files } = await remote.transport().hash(reading());

  expect(files.find(({ path }) => path === 'a.txt')?.digest).toBeNull();
  expect(files.find(({ path }) => path === 'b.txt')?.digest).toMatch(/^sha1:/u);
  expect(files.map(({ path }) => path)).toContain(forged);
});

it('sftp: reads back where only SHA-256 will do', async () => {
  const remote = await remoteOf('sftp', new Lab());
  fill(join(remote.disk, 'Run_1'), { 'a.txt': 'a' });
  const transport = remote.transport({ requireSha256: true });

  expect(await transport.hashName(never())).toBe('sha256');
  const { files, evidence } = await transport.hash(reading());

  expect(evidence).toBe('read-back');
  expect(files[0]!.digest).toBe('sha256:ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb');
});

it.each(REMOTES)('%s: a place that does not exist holds nothing', async (name) => {
  const remote = await remoteOf(name, new Lab());

  expect(await remote.transport().hash(reading())).toMatchObject({ files: [], folders: [], links: [] });
});

it('copies also where the environment tells rclone to only pretend', async () => {
  const lab = new Lab();
  const remote = await remoteOf('webdav', lab);
  const run = await lab.makeRun({ 'a.txt': 'a' });
  process.env['RCLONE_DRY_RUN'] = 'true';
  process.env['RCLONE_EXCLUDE'] = '*.txt';

  expect(await lab.sync(run, lab.open({ transport: remote.transport() }))).toMatchObject({ state: 'verified' });
  expect(readFileSync(remote.onDisk(run, 'a.txt'), 'utf8')).toBe('a');
});

it('removes what a newer rclone left unfinished, and brings the run', async () => {
  const lab = new Lab();
  const remote = await remoteOf('sftp', lab);
  const run = await lab.makeRun({ 'a.txt': 'a', 'mine.nas-sync-part': 'a file of the run' });
  fill(remote.onDisk(run), { 'a.txt.1234abcd.nas-sync-part': 'half' });

  expect(await lab.sync(run, lab.open({ transport: remote.transport() }))).toMatchObject({ state: 'verified' });

  expect(existsSync(remote.onDisk(run, 'a.txt.1234abcd.nas-sync-part'))).toBe(false);
  expect(existsSync(remote.onDisk(run, 'mine.nas-sync-part'))).toBe(true);
});
