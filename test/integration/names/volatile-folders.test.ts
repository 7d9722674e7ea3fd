import { describe, expect, it } from 'vitest';
import { VOLATILE_NAMES } from '#dist/config/volatile-names.js';
import type { Transport } from '#dist/transports/transport.js';
import { fill, Lab } from '../../support/lab.js';
import { remoteOf, REMOTES } from '../rclone/remotes.js';
import { FLAVOURS, RsyncLab } from '../rsync/rsync-lab.js';

/** A snapshot folder holds the whole history of a share, and a thumbnail folder may be another account's. */
const THERE = {
  'a.raw': 'a',
  'd/b.raw': 'b',
  'd/foreign.txt': 'x',
  '@eaDir/a.raw/thumb.jpg': 'thumb',
  'd/.snapshot/hourly.0/b.raw': 'b',
  'd/lost+found/': '',
};
const PLACE = 'Run_1';
const signal = AbortSignal.timeout(60_000);

const hashed = (transport: Transport, source: string, entries: Parameters<Transport['hash']>[0]['entries']) =>
  transport.hash({ target: PLACE, source, entries, sha256Of: () => null, signal, onProgress: () => undefined });

async function namesSeen(transport: Transport, lab: Lab): Promise<string[][]> {
  const listed = await transport.list(PLACE, signal);
  const read = await hashed(transport, lab.local, []);
  return [listed, read].map(({ files, folders }) => [...files.map(({ path }) => path), ...folders].sort());
}

/** rclone leaves out such a folder itself, too. */
const SEEN = ['@eaDir', 'a.raw', 'd', 'd/.snapshot', 'd/b.raw', 'd/foreign.txt', 'd/lost+found'];
const SEEN_BY_RCLONE = ['a.raw', 'd', 'd/b.raw', 'd/foreign.txt'];

describe('folders of volatile names that the run does not hold are not looked into', () => {
  it.each(FLAVOURS)('by rsync with a %s account', async (flavour) => {
    const lab = await RsyncLab.with(flavour);
    fill(`${lab.server.folder}/${PLACE}`, THERE);
    const expected = flavour === 'rsync-only' ? SEEN_BY_RCLONE : SEEN;
    expect(await namesSeen(lab.transport({ volatile: VOLATILE_NAMES }), lab)).toEqual([expected, expected]);
  });

  it.each(REMOTES)('by rclone over %s', async (name) => {
    const lab = new Lab();
    const remote = await remoteOf(name, lab);
    fill(`${remote.disk}/${PLACE}`, THERE);
    const expected = name === 'local' ? SEEN : SEEN_BY_RCLONE;
    expect(await namesSeen(remote.transport({ volatile: VOLATILE_NAMES }), lab)).toEqual([expected, expected]);
  });

  it.each(['gnu', 'rsync-only'] as const)(
    'and those that it holds are, by rsync with a %s account',
    async (flavour) => {
      const lab = await RsyncLab.with(flavour);
      const run = await lab.makeRun({ 'a.raw': 'a', 'd/@eaDir/x': 'x' });
      expect(await lab.sync(run)).toMatchObject({ state: 'verified' });
      const found = await lab.client.forceVerify(run);
      expect(found).toMatchObject({ ok: true, files: 2 });
      expect(found.volatile).toBeUndefined();
    },
  );
});
