import { closeSync, constants, fdatasyncSync, fstatSync, openSync, readSync } from 'node:fs';
import { isReadPastCaches } from './direct-file-systems.js';

/** Node has it; its types come only with the DOM's. */
declare const WebAssembly: {
  Memory: new (size: { initial: number; maximum: number }) => { readonly buffer: ArrayBuffer };
};

export const CHUNK_BYTES = 1024 * 1024;

/**
 * O_DIRECT wants page-aligned memory, which a Buffer does not promise and the start of a WebAssembly.Memory is. One a
 * worker: it reads one file at a time.
 */
const aligned = new Uint8Array(
  new WebAssembly.Memory({ initial: CHUNK_BYTES / 65_536, maximum: CHUNK_BYTES / 65_536 }).buffer,
);

/**
 * Opens a local file so that what is read of it has the identity that it shows. A program may hold the file mapped into
 * its memory: stores into a page that is dirty already move no time, now or ever. Writing the pages back first makes the
 * next store a fault, and a fault moves the times. Not blocking: a pipe may stand there by now.
 */
export function openLocal(path: string): number {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    fdatasyncSync(fd);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== undefined && CANNOT_SYNC.has(code)) return fd;
    closeSync(fd);
    throw error;
  }
  return fd;
}

/** Read-only file systems, pipes, and Windows, which wants write access for it and has no such mappings. */
const CANNOT_SYNC = new Set(['EROFS', 'EINVAL', 'EPERM', 'EBADF', 'EACCES', 'ENOTSUP']);

export interface OpenFile {
  readonly fd: number;
  /** Nothing of what is read of it can come from a cache of this machine, as far as that can be known. */
  readonly direct: boolean;
}

/**
 * Past the page cache where the file system allows it: a cached page proves nothing about the disk behind it. And
 * where the flag may be answered from another cache, it is no more than a flag.
 */
export function openDirect(path: string): OpenFile {
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const direct = constants.O_DIRECT as number | undefined;
  if (direct !== undefined) {
    const fd = tryOpen(path, flags | direct);
    if (fd !== null) {
      if (canReadDirect(fd)) return { fd, direct: isReadPastCaches(fd) };
      closeSync(fd);
    }
  }
  return { fd: openSync(path, flags), direct: false };
}

/** Reads to the end of the file as it is now. The chunk is only valid until the next one is asked for. */
export function* chunksOf(fd: number, chunkBytes = CHUNK_BYTES): Generator<Uint8Array> {
  for (let position = 0; ;) {
    const count = readSync(fd, aligned, 0, chunkBytes, position);
    if (count === 0) return;
    yield aligned.subarray(0, count);
    position += count;
    // A short read is the end of the file; under O_DIRECT the next one would start unaligned and fail.
    if (count < chunkBytes && position >= fstatSync(fd).size) return;
  }
}

function tryOpen(path: string, flags: number): number | null {
  try {
    return openSync(path, flags);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EINVAL') return null;
    throw error;
  }
}

/** Some file systems accept the flag and refuse the read. */
function canReadDirect(fd: number): boolean {
  try {
    readSync(fd, aligned, 0, 4096, 0);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EINVAL') return false;
    throw error;
  }
}
