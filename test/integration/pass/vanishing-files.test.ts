import { chmodSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { BytePool } from '#dist/bytes/byte-pool.js';
import { readTree } from '#dist/transports/mount/hash.js';
import { Patience } from '#dist/transports/mount/stall-timeout.js';
import { fill, Lab, type Tree } from '../../support/lab.js';
import { program } from '../../support/servers/programs.js';
import { remoteOf } from '../rclone/remotes.js';
import { reading } from '../rclone/requests.js';
import { RsyncLab } from '../rsync/rsync-lab.js';

const TREE: Tree = { 'a.txt': 'a', 'b.txt': 'bb', 'c.txt': 'ccc' };
type HashTarget = BytePool['hashTarget'];

/** Reads a folder as the mount transport does; `meanwhile` comes between the list and the first read. */
async function readFrom(meanwhile: (place: string, real: HashTarget) => HashTarget) {
  const lab = new Lab();
  const place = join(lab.nas, 'Run_1');
  fill(place, TREE);
  const pool = new BytePool();
  lab.atEnd(() => pool.close());
  const hashTarget = meanwhile(place, (...work) => pool.hashTarget(...work));
  const side = { target: place, stallMs: 10_000, patience: new Patience(lab.nas, 10_000), isOpaque: () => false };
  return readTree(reading(), side, { hashTarget });
}

describe('a file that goes from a mounted share between its list and its read', () => {
  it('ends the reading', async () => {
    const listing = readFrom((place, real) => (...work) => {
      unlinkSync(join(place, 'b.txt'));
      return real(...work);
    });
    await expect(listing).rejects.toMatchObject({
      code: 'network',
      message: expect.stringContaining('b.txt') as string,
    });
  });

  it('is not passed over where nobody tells of it', async () => {
    const listing = readFrom((_, real) => (tasks, work) => real(tasks.slice(1), work));
    await expect(listing).rejects.toMatchObject({
      code: 'unknown',
      message: 'a.txt on the target was not read',
    });
  });
});

describe('a file that goes from a server between its list and its hash', () => {
  /** rclone whose `hashsum` is done by these shell commands. */
  function rcloneThat(lab: Lab, does: (real: string) => string): void {
    const bin = lab.at('bin');
    const real = `'${program('rclone')}' "$@"`;
    fill(bin, { rclone: `#!/bin/sh\ncase " $* " in *" hashsum "*) ${does(real)};; *) exec ${real};; esac\n` });
    chmodSync(join(bin, 'rclone'), 0o755);
    vi.stubEnv('PATH', `${bin}:${process.env['PATH'] ?? ''}`);
    lab.atEnd(async () => vi.unstubAllEnvs());
  }

  it('is not there, by rclone; one that stays and has no hash equals nothing', async () => {
    const lab = new Lab();
    const remote = await remoteOf('sftp', lab);
    const place = join(remote.disk, 'Run_1');
    fill(place, TREE);
    rcloneThat(lab, (real) => `cd '${place}'; rm b.txt; mv c.txt ../c; ${real}; mv ../c c.txt`);

    const { files } = await remote.transport().hash(reading());

    expect(files).toEqual([
      { path: 'a.txt', size: 1, digest: expect.stringMatching(/^sha1:/u) as string },
      { path: 'c.txt', size: 3, digest: null },
    ]);
  });

  /** An account whose `sha256sum` is this script. */
  async function accountThat(does: (busybox: string) => string) {
    const lab = await RsyncLab.with('busybox');
    const tool = join(lab.server.root, 'busybox/sha256sum');
    rmSync(tool);
    writeFileSync(tool, `#!/bin/sh\n${does(program('busybox'))}\n`);
    chmodSync(tool, 0o755);
    fill(join(lab.server.folder, 'Run_1'), TREE);
    return lab.transport();
  }

  it('ends the reading, by rsync over SSH', async () => {
    const transport = await accountThat((busybox) => `rm -f b.txt; exec ${busybox} sha256sum "$@"`);
    await expect(transport.hash(reading())).rejects.toMatchObject({
      code: 'network',
      message: expect.stringContaining('b.txt') as string,
    });
  });

  it.each([
    ['it is passed over in silence', `for f do [ "$f" = ./b.txt ] || BUSYBOX sha256sum "$f"; done`],
    ['the last one is passed over', `for f do [ "$f" = ./c.txt ] || BUSYBOX sha256sum "$f"; done`],
    ['all are told, with a failure', `BUSYBOX sha256sum "$@"; exit 1`],
  ])('ends the reading, by rsync over SSH, where %s', async (_, does) => {
    const transport = await accountThat((busybox) => does.replace('BUSYBOX', busybox));
    await expect(transport.hash(reading())).rejects.toMatchObject({ code: 'unknown' });
  });

  it('is told by its size alone where the account can only compare, and that is said', async () => {
    const lab = await RsyncLab.with('rsync-only');
    fill(join(lab.server.folder, 'Run_1'), TREE);
    const { files, comparesOnly } = await lab.transport().hash(reading());
    expect(files.map(({ digest }) => digest)).toEqual([null, null, null]);
    expect(comparesOnly).toBe(true);
  });
});
