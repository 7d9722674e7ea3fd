import { readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { differences, fill, Lab, listing, noise, sha256sumCheck } from '../../support/lab.js';
import { REMOTES, remoteOf } from './remotes.js';

const MIB = 1024 * 1024;
const TREE = {
  'a.bin': noise(3 * MIB),
  'b c.txt': 'b',
  'empty.txt': '',
  'sub/deep/er.csv': '1,2',
  'sub/.hidden': 'h',
  'sub/.exlab-wizard/mine.txt': 'a folder like any other',
  'empty/folder/': '',
};
const EVIDENCE = { local: /read/, sftp: /sha1/, webdav: /read back/, smb: /read back/ };

it.each(REMOTES)('%s: brings a run, tree and bytes equal on the disk of the server, and proves it', async (name) => {
  const lab = new Lab();
  const remote = await remoteOf(name, lab);
  const client = lab.open({ transport: remote.transport() });
  const run = await lab.makeRun(TREE, 'project/Run_1');

  const job = await lab.sync(run, client);

  expect(job).toMatchObject({ state: 'verified', files: 6, lastError: null });
  expect(await differences(run, remote.onDisk(run))).toBe('');
  await sha256sumCheck(remote.onDisk(run));
  const passed = (await client.history(run)).find(({ event }) => event === 'verify.succeeded');
  expect(JSON.stringify(passed)).toContain(name === 'sftp' ? 'remote-hash' : 'read');
  expect(remote.onDisk(run)).toMatch(/project\/Run_1$/);
  expect(EVIDENCE[name]).toBeDefined();
});

it.each(REMOTES)('%s: sends nothing twice', async (name) => {
  const lab = new Lab();
  const remote = await remoteOf(name, lab);
  const run = await lab.makeRun(TREE);
  const first = lab.open({ transport: remote.transport() });
  await lab.sync(run, first);
  const arrived = statSync(remote.onDisk(run, 'a.bin'));

  const again = lab.open({ transport: remote.transport(), database: lab.at('another.db') });
  const job = await lab.sync(run, again);

  expect(job.state).toBe('verified');
  expect(await lab.copied(run, again)).toEqual([0]);
  expect(statSync(remote.onDisk(run, 'a.bin')).ctimeMs).toBe(arrived.ctimeMs);
});

it.each(REMOTES)('%s: finds a flipped byte behind an unchanged size and time, and heals it', async (name) => {
  const lab = new Lab();
  const remote = await remoteOf(name, lab);
  const client = lab.open({ transport: remote.transport() });
  const run = await lab.makeRun(TREE);
  await lab.sync(run, client);
  const path = remote.onDisk(run, 'a.bin');
  flipByte(path);

  const found = await client.forceVerify(run);
  expect(found).toMatchObject({ ok: false, mismatched: ['a.bin'] });

  await lab.sync(run, lab.open({ transport: remote.transport(), database: lab.at('another.db') }));
  expect(await differences(run, remote.onDisk(run))).toBe('');
});

it.each(REMOTES)('%s: names what is on the target and not in the run, and proves the run beside it', async (name) => {
  const lab = new Lab();
  const remote = await remoteOf(name, lab);
  const run = await lab.makeRun({ 'a.txt': 'a' });
  fill(remote.onDisk(run), { 'left by another.txt': 'x', 'an empty one/': '' });

  const client = lab.open({ transport: remote.transport() });
  const job = await lab.sync(run, client);

  expect(job).toMatchObject({ state: 'verified', lastError: null });
  expect((await client.forceVerify(run)).extra).toContain('left by another.txt');
});

it.each(REMOTES)('%s: refuses a link by name before a byte moves, or sends what it leads to', async (name) => {
  const lab = new Lab();
  const remote = await remoteOf(name, lab);
  const run = await lab.makeRun({ 'a.txt': 'content' });
  const { symlinkSync } = await import('node:fs');
  symlinkSync('a.txt', `${run}/link.txt`);

  const job = await lab.sync(run, lab.open({ transport: remote.transport() }));
  expect(job).toMatchObject({ state: 'failed', lastError: { kind: 'source_invalid' } });
  expect(job.lastError!.message).toContain('link.txt');
  expect(listing(remote.disk)).not.toContain('Run_1/');

  const [equipment] = lab.config.equipment;
  const config = {
    ...lab.config,
    equipment: [{ ...equipment!, transport: { ...equipment!.transport, links: 'follow' as const } }],
  };
  const following = lab.open({ transport: remote.transport({ links: 'follow' }), config, database: lab.at('b.db') });
  expect(await lab.sync(run, following)).toMatchObject({ state: 'verified', files: 2, lastError: null });
  expect(readFileSync(remote.onDisk(run, 'link.txt'), 'utf8')).toBe('content');
});

function flipByte(path: string): void {
  const { atime, mtime } = statSync(path);
  const data = readFileSync(path);
  data[1000] = data[1000]! ^ 1;
  writeFileSync(path, data);
  utimesSync(path, atime, mtime);
}
