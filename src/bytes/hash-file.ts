import { createHash } from 'node:crypto';
import { closeSync, fstatSync, type BigIntStats } from 'node:fs';
import { sameIdentity, type Digest, type HashName } from '../run/entry.js';
import { identityOf, outlastTick } from './identity.js';
import { chunksOf, openDirect, openLocal } from './read-chunks.js';
import { changed, on, stopped, type FileDone, type HashTask } from './tasks.js';
import type { Control } from './worker-control.js';

export interface Hashed {
  readonly sha256: string;
  readonly other: Digest | null;
  readonly size: number;
}

interface Reading {
  readonly hash?: HashName;
  readonly onChunk?: (bytes: number) => void;
}

/** SHA-256, and one more hash if asked for, of an open file in one read to its end; `onChunk` is told each chunk. */
export function hashOpen(fd: number, control: Control, reading: Reading = {}): Hashed {
  const { hash: name = 'sha256', onChunk = (bytes: number) => control.addBytes(bytes) } = reading;
  const hash = createHash('sha256');
  const other = name === 'sha256' ? null : createHash(name);
  let size = 0;
  for (const chunk of chunksOf(fd)) {
    if (control.stopped) throw stopped();
    hash.update(chunk);
    other?.update(chunk);
    size += chunk.byteLength;
    onChunk(chunk.byteLength);
  }
  return { sha256: hash.digest('hex'), other: other === null ? null : `${name}:${other.digest('hex')}`, size };
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
      const hashed = hashOpen(fd, control, { hash: task.hash });
      if (!same(fstatSync(fd, { bigint: true }))) throw changed(task.path);
      return { index: task.index, ok: true, ...hashed, copied: false, direct: false };
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
