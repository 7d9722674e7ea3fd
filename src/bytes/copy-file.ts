import { createHash } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  lstatSync,
  openSync,
  renameSync,
  rmSync,
  writeSync,
  type BigIntStats,
} from 'node:fs';
import { sameIdentity } from '../run/entry.js';
import { targetMode, unlockedMode } from '../run/target-mode.js';
import { updateMetadata, setTimes, ignoreUnsupportedSync } from './copy-metadata.js';
import { hashOpen } from './hash-file.js';
import { identityOf, outlastTick } from './identity.js';
import { isApart, partialFor } from './partial-file.js';
import { CHUNK_BYTES, chunksOf, openDirect, openLocal } from './read-chunks.js';
import { changed, on, SideError, stopped, type FileDone, type PlaceTask } from './tasks.js';
import type { Control } from './worker-control.js';

const STAT_BLOCK_BYTES = 512n;
const zeros = Buffer.alloc(CHUNK_BYTES);

/**
 * Makes the target hold the source's content under its final name. What is there already with equal content stays;
 * anything else is written beside it, fsynced, and renamed over it: the final name never holds half a file.
 */
export function placeFile(task: PlaceTask, control: Control): FileDone {
  const source = on('source', () => openLocal(task.source));
  try {
    const stat = requireListed(source, task);
    outlastTick(stat);
    const present = presentSha256(task, control);
    const known = present === null ? null : (task.sha256 ?? on('source', () => hashUncounted(source, control)));
    if (known !== null && known === present) {
      requireListed(source, task);
      on('target', () => updateMetadata(task.target, task.mode, stat));
      control.addBytes(task.identity.size);
      return done(task, known, false);
    }
    return done(task, copy(source, stat, task, control), true);
  } finally {
    closeSync(source);
  }
}

const done = (task: PlaceTask, sha256: string, copied: boolean): FileDone => ({
  index: task.index,
  ok: true,
  sha256,
  other: null,
  size: task.identity.size,
  copied,
  direct: false,
});

function requireListed(source: number, task: PlaceTask): BigIntStats {
  const stat = on('source', () => fstatSync(source, { bigint: true }));
  if (!sameIdentity(identityOf(stat), task.identity)) throw changed(task.source);
  return stat;
}

/** Reads that only find out whether a copy is needed are life, but no progress. */
const hashUncounted = (fd: number, control: Control): string =>
  hashOpen(fd, control, { onChunk: () => control.beat() }).sha256;

/** The SHA-256 of what the final name holds, or `null` if that cannot be the same content. */
function presentSha256(task: PlaceTask, control: Control): string | null {
  const stat = on('target', () => lstatSync(task.target, { throwIfNoEntry: false }));
  if (stat === undefined) return null;
  if (stat.isDirectory()) {
    throw new SideError('target', 'EISDIR', `${task.target} is a folder on the target and a file in the run`);
  }
  if (!stat.isFile() || stat.size !== task.identity.size) return null;
  return on('target', () => {
    unlock(task.target, stat.mode);
    const { fd } = openDirect(task.target);
    try {
      return hashUncounted(fd, control);
    } finally {
      closeSync(fd);
    }
  });
}

/** A file of another owner stays as it is; that it cannot be read, the read says. */
function unlock(path: string, mode: number): void {
  const unlocked = unlockedMode('file', mode);
  if (unlocked !== null) ignoreUnsupportedSync(() => chmodSync(path, unlocked));
}

function copy(source: number, stat: BigIntStats, task: PlaceTask, control: Control): string {
  const partial = on('target', () => partialFor(task));
  try {
    return copyBy(partial, { source, stat, task, control });
  } catch (error) {
    if (!(error instanceof SideError) || !isApart(task, partial, error.code)) throw error;
    control.uncountBytes(task.identity.size);
    return copyBy(
      on('target', () => partialFor(task)),
      { source, stat, task, control },
    );
  }
}

interface Copying {
  readonly source: number;
  readonly stat: BigIntStats;
  readonly task: PlaceTask;
  readonly control: Control;
}

function copyBy(path: string, { source, stat, task, control }: Copying): string {
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL;
  // Not by a later `chmod`: that would undo what the umask or the folder's default ACL took away.
  const partial = on('target', () => openSync(path, flags, targetMode('file', task.mode)));
  try {
    let sha256: string;
    try {
      sha256 = copyContent(source, partial, stat, control);
      requireListed(source, task);
      on('target', () => {
        setTimes(partial, stat);
        fsyncSync(partial);
      });
    } finally {
      closeSync(partial);
    }
    if (control.stopped) throw stopped();
    on('target', () => renameSync(path, task.target));
    return sha256;
  } catch (error) {
    rmSync(path, { force: true });
    throw error;
  }
}

function copyContent(source: number, partial: number, stat: BigIntStats, control: Control): string {
  const hash = createHash('sha256');
  const sparse = stat.blocks * STAT_BLOCK_BYTES < stat.size;
  let position = 0;
  const chunks = chunksOf(source);
  for (;;) {
    const next = on('source', () => chunks.next());
    if (next.done === true) break;
    if (control.stopped) throw stopped();
    const chunk = next.value;
    hash.update(chunk);
    if (!(sparse && zeros.subarray(0, chunk.byteLength).equals(chunk))) {
      writePaced(partial, chunk, position, control);
    } else {
      control.addBytes(chunk.byteLength);
    }
    position += chunk.byteLength;
  }
  if (sparse) on('target', () => ftruncateSync(partial, position));
  return hash.digest('hex');
}

/** In slices of a quarter second under the cap of the moment, which may change while a file is copied. */
function writePaced(partial: number, chunk: Uint8Array, position: number, control: Control): void {
  for (let written = 0; written < chunk.byteLength;) {
    const cap = control.capBytesPerSecond;
    const slice = chunk.subarray(written, written + (cap === 0 ? CHUNK_BYTES : Math.max(Math.floor(cap / 4), 256)));
    control.pace(slice.byteLength);
    if (control.stopped) throw stopped();
    on('target', () => writeAll(partial, slice, position + written));
    written += slice.byteLength;
    control.addBytes(slice.byteLength);
  }
}

function writeAll(fd: number, chunk: Uint8Array, position: number): void {
  for (let written = 0; written < chunk.byteLength;) {
    written += writeSync(fd, chunk, written, chunk.byteLength - written, position + written);
  }
}
