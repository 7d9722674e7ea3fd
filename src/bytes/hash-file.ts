import { createHash } from 'node:crypto';
import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import { sameIdentity } from '../run/entry.js';
import type { Control } from './control.js';
import { identityOf } from './identity.js';
import { changed, on, stopped, type FileDone, type HashTask } from './outcome.js';
import { chunksOf, openDirect } from './read-chunks.js';

/** SHA-256 of an open file, read to its end. */
export function hashOpen(fd: number, control: Control): { sha256: string; size: number } {
  const hash = createHash('sha256');
  let size = 0;
  for (const chunk of chunksOf(fd)) {
    if (control.stopped) throw stopped();
    hash.update(chunk);
    size += chunk.byteLength;
    control.addBytes(chunk.byteLength);
  }
  return { sha256: hash.digest('hex'), size };
}

/** A local file counts only if it was the listed one before the read and still is after it. */
export function hashLocal(task: HashTask, control: Control): FileDone {
  return on('source', () => {
    const fd = openSync(task.path, constants.O_RDONLY | constants.O_NOFOLLOW);
    try {
      const same = () =>
        task.identity === null || sameIdentity(identityOf(fstatSync(fd, { bigint: true })), task.identity);
      if (!same()) throw changed(task.path);
      const { sha256, size } = hashOpen(fd, control);
      if (!same()) throw changed(task.path);
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
