import { renameSync, rmSync, writeFileSync } from 'node:fs';
import type { NasSyncClient } from 'nas-sync';
import { describe, expect, it } from 'vitest';
import { differences, Lab, listing, sha256sumCheck } from '../../support/lab.js';
import { empty, keepCopy, NOTHING_WRONG } from './local-copies.js';

const MANIFEST = '.exlab-wizard/checksums.sha256';
const SHA256 = '0'.repeat(64);

/** The workstation's disk died: a new one, with the same configuration and an empty queue. */
async function afterLoss(): Promise<{ lab: Lab; run: string; kept: string; client: NasSyncClient }> {
  const lab = new Lab();
  const run = await lab.makeRun({ 'a.txt': 'a', 'sub/b.txt': 'b', 'odd\nname': 'o' }, 'PROJ-1/Runs/Run_1');
  await lab.sync(run);
  const kept = keepCopy(lab, run);
  rmSync(lab.at('local/PROJ-1'), { recursive: true });
  return { lab, run, kept, client: lab.open({ database: lab.at('new-queue.db') }) };
}

it('a run that the queue does not know comes back by the manifest on the NAS', async () => {
  const { run, kept, client } = await afterLoss();

  const result = await client.restore(run);

  expect(result).toMatchObject({ restored: 3, skipped: 0, files: 3, ...NOTHING_WRONG });
  expect(listing(run)).toEqual(listing(kept));
  expect(await differences(`${kept}/sub`, `${run}/sub`)).toBe('');
  await sha256sumCheck(run);
  expect(await client.restore(run)).toMatchObject({ restored: 0, skipped: 3 });
});

it('a damaged file is found by the manifest as well', async () => {
  const { lab, run, client } = await afterLoss();
  writeFileSync(lab.onNas(run, 'a.txt'), 'x');

  expect(await client.restore(run)).toMatchObject({ restored: 2, mismatched: ['a.txt'] });

  expect(listing(run)).not.toContain('a.txt');
});

it('without a manifest there is nothing to hold it against, and it is refused', async () => {
  const { lab, run, client } = await afterLoss();
  rmSync(lab.onNas(run, MANIFEST));

  await expect(client.restore(run)).rejects.toMatchObject({ code: 'run_not_found' });

  expect(listing(lab.local)).toEqual([]);
});

it('a job that was proven needs no manifest', async () => {
  const { lab, run, kept } = await afterLoss();
  rmSync(lab.onNas(run, MANIFEST));

  expect(await lab.client.restore(run)).toMatchObject({ restored: 3, ...NOTHING_WRONG });

  expect(await differences(`${kept}/sub`, `${run}/sub`)).toBe('');
});

it('a path below no root is refused', async () => {
  const { lab, client } = await afterLoss();
  await expect(client.restore(lab.at('Run_1'))).rejects.toMatchObject({ code: 'run_outside_roots' });
});

it('a root that is not there, as a disk that is not mounted, is not made', async () => {
  const { lab, run, client } = await afterLoss();
  renameSync(lab.local, lab.at('unmounted'));

  await expect(client.restore(run)).rejects.toMatchObject({ code: 'not_configured' });

  expect(listing(lab.root)).not.toContain('local/');
  expect(await client.restore(run, { to: lab.at('back') })).toMatchObject({ restored: 3 });
});

describe('a manifest is refused as a whole', () => {
  const line = (path: string): string => `${SHA256}  ${path}\n`;
  it.each([
    ['an absolute path', line('/etc/passwd')],
    ['a path that leads out', line('../../escaped')],
    ['a path that leads out further down', line('sub/../../../escaped')],
    ['an empty step', line('sub//b.txt')],
    ['a path twice', line('a.txt') + line('a.txt')],
    ['a file that is a folder, too', line('a.txt') + line('a.txt/b.txt')],
    ['our own record', line('.exlab-wizard/creation.json')],
    ['the place where files arrive', line('.exlab-wizard/.nas-sync-restore-x/a.txt')],
    ['what is no line of it', 'hello\n'],
    ['an end that is cut off', line('a.txt').trimEnd()],
    ['a name that is not UTF-8', Buffer.concat([Buffer.from(`${SHA256}  `), Buffer.from([0xff, 0x0a])])],
  ])('that names %s', async (_, text) => {
    const { lab, run, client } = await afterLoss();
    writeFileSync(lab.onNas(run, MANIFEST), text);
    const before = listing(lab.root).filter((path) => !path.includes('queue.db'));

    await expect(client.restore(run)).rejects.toMatchObject({ code: 'source_invalid' });

    expect(listing(lab.root).filter((path) => !path.includes('queue.db'))).toEqual(before);
  });
});

it('of a job that was never proven, the manifest of an earlier queue tells', async () => {
  const { lab, run, kept } = await afterLoss();
  const client = lab.open({ database: lab.at('third-queue.db'), drive: 'none' });
  renameSync(kept, lab.at('local/Run_2'));
  await client.enqueue(lab.at('local/Run_2'));
  await client.cancel(lab.at('local/Run_2'));
  empty(lab.at('local/Run_2'));

  await expect(client.restore(lab.at('local/Run_2'))).rejects.toMatchObject({ code: 'run_not_found' });
  renameSync(lab.onNas(run), lab.onNas(lab.at('local/Run_2')));

  expect(await client.restore(lab.at('local/Run_2'))).toMatchObject({ restored: 3 });
});
