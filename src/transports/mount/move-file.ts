import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { lstat, open, readlink, rename, symlink, unlink, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { secondsOf } from '../../bytes/copy-metadata.js';
import { NasSyncError, systemCode } from '../../errors.js';
import { syncFolder } from '../../run/fs/durable-write.js';
import { temporaryName } from '../../run/fs/temp-files.js';
import { printable } from '../../run/printable.js';

/**
 * Gives a file or link of the share another name, which nothing has. Between two disks of one pool there is no rename
 * (EXDEV): then a copy is made, read back and flushed before the old name goes.
 */
export async function moveFile(from: string, to: string, moved: () => void): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if (systemCode(error) !== 'EXDEV') throw error;
    await copyAway(error, { from, to, moved });
  }
}

interface Move {
  readonly from: string;
  readonly to: string;
  readonly moved: () => void;
}

async function copyAway(refused: unknown, { from, to, moved }: Move): Promise<void> {
  const partial = join(dirname(to), temporaryName());
  try {
    const before = await lstat(from, { bigint: true });
    if (before.isSymbolicLink()) await symlink(await readlink(from), partial);
    else if (before.isFile()) await copyContent(from, partial, { mtime: secondsOf(before.mtimeNs), moved });
    else throw refused;
    const after = await lstat(from, { bigint: true });
    if (after.mtimeNs !== before.mtimeNs || after.size !== before.size || after.ino !== before.ino) {
      throw new NasSyncError('unknown', `${printable(from)} on the target changed while it was moved; retry`);
    }
    await rename(partial, to);
  } catch (error) {
    await unlink(partial).catch(() => undefined);
    throw error;
  }
  await syncFolder(dirname(to));
  await unlink(from);
}

async function copyContent(from: string, to: string, { mtime, moved }: { mtime: string; moved: () => void }) {
  const hash = createHash('sha256');
  const hashed = async function* (chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of chunks) {
      hash.update(chunk);
      moved();
      yield chunk;
    }
  };
  await pipeline(createReadStream(from), hashed, createWriteStream(to, { flags: 'wx' }));
  await utimes(to, mtime, mtime);
  await flush(to);
  if ((await sha256Of(to, moved)) === hash.digest('hex')) return;
  throw new NasSyncError('unknown', `${printable(from)} on the target could not be copied to ${printable(to)}; retry`);
}

async function flush(file: string): Promise<void> {
  const handle = await open(file, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function sha256Of(file: string, moved: () => void): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) {
    hash.update(chunk as Buffer);
    moved();
  }
  return hash.digest('hex');
}
