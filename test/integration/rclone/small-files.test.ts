import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Lab, fill, listing } from '../../support/lab.js';
import { never, REMOTES, remoteOf } from './remotes.js';

const CANARY = '.nas-sync-canary-0b7f6a2e-6b0c-4c39-9d6e-5a1d3c2b4f10';

it.each(REMOTES)(
  '%s: writes, reads and replaces small files, and never over one that must not be there',
  async (name) => {
    const remote = await remoteOf(name, new Lab());
    const transport = remote.transport();
    const path = 'a/Run_1/.exlab-wizard/creation.json';
    const write = (text: string, exclusive: boolean) =>
      transport.writeMeta(path, Buffer.from(text), { exclusive }, never());
    const read = async () => Buffer.from((await transport.readMeta(path, never()))!).toString();

    expect(await transport.readMeta(path, never())).toBeNull();
    await write('one', true);
    expect(await read()).toBe('one');
    await expect(write('two', true)).rejects.toMatchObject({ code: 'target_conflict' });
    // Equal in size, and maybe in time.
    await write('two', false);
    expect(await read()).toBe('two');
    await write('', false);
    expect(await read()).toBe('');
    expect(listing(join(remote.disk, 'a/Run_1/.exlab-wizard'))).toEqual(['creation.json']);
    mkdirSync(join(remote.disk, 'b/folder/inside'), { recursive: true });
    writeFileSync(join(remote.disk, 'b/folder/file'), 'not this one');
    await expect(transport.readMeta('b/folder', never())).rejects.toMatchObject({ code: 'target_conflict' });
  },
);

it.each(REMOTES)('%s: knows itself by its token, and tells free space where the server does', async (name) => {
  const remote = await remoteOf(name, new Lab());
  const transport = remote.transport();

  expect(await transport.probe(never())).toMatchObject({ token: null });
  await transport.imprint('abc', never());
  const { token, freeBytes } = await transport.probe(never());

  expect(token).toBe('abc');
  if (name === 'webdav') expect(freeBytes).toBeNull();
  else expect(freeBytes).toBeGreaterThan(0);
  await expect(transport.imprint('def', never())).rejects.toMatchObject({ code: 'target_conflict' });
});

it.each(REMOTES)('%s: removes a canary, and nothing else', async (name) => {
  const remote = await remoteOf(name, new Lab());
  const transport = remote.transport();
  fill(remote.disk, { [`${CANARY}/sub/a.txt`]: 'a', 'Run_1/b.txt': 'b' });

  await transport.removeCanary(CANARY, never());
  await transport.removeCanary(CANARY, never());

  expect(listing(remote.disk)).toEqual(['Run_1/', 'Run_1/b.txt']);
  await expect(async () => transport.removeCanary('Run_1', never())).rejects.toMatchObject({ code: 'usage' });
});

it.each(REMOTES)('%s: tidies up after dead writers, and after nobody else', async (name) => {
  const remote = await remoteOf(name, new Lab());
  const folder = join(remote.disk, 'Run_1/.exlab-wizard');
  const uuid = '0b7f6a2e-6b0c-4c39-9d6e-5a1d3c2b4f10';
  const [old, fresh] = [`.nas-sync-00000000-1-${uuid}.tmp`, `.nas-sync-00000000-2-${uuid}.tmp`];
  fill(folder, { [old]: 'x', [fresh]: 'y', 'creation.json': '{}', '.nas-sync-other': 'z' });
  utimesSync(join(folder, old), 0, 0);

  await remote.transport().tidyUp('Run_1', never());
  await remote.transport().tidyUp('Run_that_is_not_there', never());

  expect(listing(folder)).toEqual([fresh, '.nas-sync-other', 'creation.json'].sort());
});
