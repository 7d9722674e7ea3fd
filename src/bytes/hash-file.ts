import { createHash } from 'node:crypto';
import { closeSync, fstatSync, type BigIntStats } from 'node:fs';
import { sameIdentity } from '../run/entry.js';
import type { Control } from './control.js';
import { identityOf, outlastTick } from './identity.js';
import { changed, on, stopped, type FileDone, type HashTask } from './outcome.js';
import { chunksOf, openDirect, openLocal } from './read-chunks.js';

/** SHA-256 of an open file, read to its end; each chunk is told to `onChunk`. */
export function hashOpen(
  fd: number,
  control: Control,
  onChunk = (bytes: number): void => control.addBytes(bytes),
): { sha256: string; size: number } {
  const hash = createHash('sha256');
  let size = 0;
  for (const chunk of chunksOf(fd)) {
    if (control.stopped) throw stopped();
    hash.update(chunk);
    size += chunk.byteLength;
    onChunk(chunk.byteLength);
  }
  return { sha256: hash.digest('hex'), size };
}

/** A local file counts only if it was the listed one before the read and still is after it. */
export function hashLocal(task: HashTask, control: Control): FileDone {
  return on('source', () => {
    const fd = openLocal(task.path);
    try {
      const stat = fstatSync(fd, { bigint: true });
      const same = (now: BigIntStats) => task.identity === null || sameIdentity(identityOf(now), task.identity);
      if (!same(stat)) throw changed(task.path);
      outlastTick(stat);
      const { sha256, size } = hashOpen(fd, control);
      if (!same(fstatSync(fd, { bigint: true }))) throw changed(task.path);
      return { index: task.index, ok: true, sha256, size, copied: false, direct: false };
    } finally {
      closeSync(fd);
    }
  });
}

/** A file on the target, read in its own right. */
export function hashTarget(task: HashTask, control: Control): FileDone {
  return on('target', () => {
    const { fd, direct } = openDirect(task.path);
    try {
      return { index: task.index, ok: true, ...hashOpen(fd, control), copied: false, direct };
    } finally {
      closeSync(fd);
    }
  });
}
