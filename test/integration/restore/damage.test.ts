import { appendFileSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FetchRequest, FetchResult } from 'nas-sync';
import { NasSyncError } from 'nas-sync';
import { MemoryTransport } from 'nas-sync/testing';
import { expect, it } from 'vitest';
import { tokenText } from '#dist/transports/token-file.js';
import { Lab, listing, noise, type Tree } from '../../support/lab.js';
import { flipByte } from '../pass/damage.js';
import { empty } from './local-copies.js';

const TREE: Tree = { 'a.bin': noise(5000), 'b.bin': noise(300_000, 2), 'sub/c.bin': noise(700, 3), 'd.txt': 'd' };

async function emptied(tree = TREE): Promise<{ lab: Lab; run: string }> {
  const lab = new Lab();
  const run = await lab.makeRun(tree);
  await lab.sync(run);
  empty(run);
  return { lab, run };
}

const data = (run: string): string[] =>
  listing(run).filter((path) => !path.startsWith('.exlab-wizard') && !path.endsWith('/'));

it('a file of which a byte flipped on the NAS gets no name, and the others come', async () => {
  const { lab, run } = await emptied();
  flipByte(lab.onNas(run, 'b.bin'));

  const result = await lab.client.restore(run);

  expect(result).toMatchObject({ restored: 3, mismatched: ['b.bin'], missing: [], conflicts: [] });
  expect(data(run)).toEqual(['a.bin', 'd.txt', 'sub/c.bin']);
});

it('nor does it replace a file that was to be overwritten', async () => {
  const { lab, run } = await emptied();
  flipByte(lab.onNas(run, 'd.txt'));
  writeFileSync(join(run, 'd.txt'), 'mine');

  expect(await lab.client.restore(run, { overwrite: true })).toMatchObject({ restored: 3, mismatched: ['d.txt'] });

  expect(data(run)).toContain('d.txt');
});

it('files that the NAS does not have are named, and the others come', async () => {
  const { lab, run } = await emptied();
  rmSync(lab.onNas(run, 'a.bin'));
  rmSync(lab.onNas(run, 'sub'), { recursive: true });
  rmSync(lab.onNas(run, 'd.txt'));
  mkdirSync(lab.onNas(run, 'd.txt'));

  const result = await lab.client.restore(run);

  expect(result).toMatchObject({
    restored: 1,
    missing: ['a.bin', 'd.txt', 'sub/c.bin'],
    mismatched: [],
    conflicts: [],
  });
  expect(data(run)).toEqual(['b.bin']);
});

it('one that is missing among many costs no second fetch of each', async () => {
  const lab = new Lab();
  const transport = new MemoryTransport();
  const client = lab.open({ transport });
  const run = await lab.makeRun(Object.fromEntries(Array.from({ length: 400 }, (_, i) => [`${i}.txt`, `${i}`])));
  await lab.sync(run, client);
  empty(run);
  transport.files.delete('Run_1/200.txt');

  const result = await client.restore(run);

  expect(result).toMatchObject({ restored: 399, missing: ['200.txt'] });
  expect(transport.calls.fetch).toBeLessThan(30);
});

/** Every second fetch is cut before it is done. */
class Cut extends MemoryTransport {
  override async fetch(request: FetchRequest): Promise<FetchResult> {
    const paths = this.calls.fetch % 2 === 0 ? request.paths.slice(0, 1) : request.paths;
    const result = await super.fetch({ ...request, paths });
    if (paths.length < request.paths.length) throw new NasSyncError('network', 'the connection was cut');
    return result;
  }
}

it('a connection that is cut, and stands again, makes no file a missing one', async () => {
  const lab = new Lab();
  const client = lab.open({ transport: new Cut() });
  const run = await lab.makeRun(TREE);
  await lab.sync(run, client);
  empty(run);

  expect(await client.restore(run)).toMatchObject({ restored: 4, missing: [], mismatched: [] });
});

it('a NAS that goes away is no NAS without files', async () => {
  const lab = new Lab();
  const transport = new MemoryTransport();
  const client = lab.open({ transport });
  const run = await lab.makeRun(TREE);
  await lab.sync(run, client);
  empty(run);
  transport.goAwayAfter('probe');

  await expect(client.restore(run)).rejects.toMatchObject({ code: 'network' });

  transport.comeBack();
  expect(await client.restore(run)).toMatchObject({ restored: 4, missing: [] });
});

it.each(['auth', 'timeout', 'unknown'] as const)('any other failure (%s) ends it as what it is', async (code) => {
  const lab = new Lab();
  const transport = new MemoryTransport();
  const client = lab.open({ transport });
  const run = await lab.makeRun(TREE);
  await lab.sync(run, client);
  empty(run);
  transport.failNext('fetch', new NasSyncError(code, 'no'));

  await expect(client.restore(run)).rejects.toMatchObject({ code });

  expect(data(run)).toEqual([]);
});

it('a NAS that does not answer, and another one, are refused', async () => {
  const { lab, run } = await emptied();
  renameSync(lab.nas, lab.at('away'));
  await expect(lab.client.restore(run)).rejects.toMatchObject({ code: 'network' });

  mkdirSync(lab.nas);
  await expect(lab.client.restore(run)).rejects.toMatchObject({ code: 'network' });
  writeFileSync(join(lab.nas, '.nas-sync-target.json'), tokenText('another'));

  await expect(lab.client.restore(run)).rejects.toMatchObject({ code: 'wrong_target' });
  expect(data(run)).toEqual([]);
});

it('a manifest that is not the proven one does not come, and is named', async () => {
  const { lab, run } = await emptied();
  rmSync(run, { recursive: true });
  appendFileSync(lab.onNas(run, '.exlab-wizard/checksums.sha256'), '# mine\n');

  const result = await lab.client.restore(run);

  expect(result).toMatchObject({ restored: 4, mismatched: ['.exlab-wizard/checksums.sha256'] });
  expect(listing(run)).toContain('.exlab-wizard/creation.json');
  expect(listing(run)).not.toContain('.exlab-wizard/checksums.sha256');
});
