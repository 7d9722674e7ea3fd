import { closeSync, fstatSync } from 'node:fs';
import { lstat } from 'node:fs/promises';
import { identityOf } from '../bytes/identity.js';
import { openLocal } from '../bytes/read-chunks.js';
import { systemCode } from '../errors.js';
import { acting, type Faults } from '../faults.js';
import { sameIdentity, type FileIdentity } from '../run/entry.js';
import { timesTellOf } from '../run/fs/file-system.js';
import type { HeldFolder } from '../run/fs/folder-handle.js';
import type { LetGo } from './disposal.js';

/** The proven file: `sha256` is what the NAS holds under its name. */
export interface ProvenFile extends FileIdentity {
  readonly path: string;
  readonly sha256: string;
}

export interface Letting {
  /** SHA-256 of the file at `path` if it has this identity before and after the read, else `null`. */
  readonly hash: (path: string, identity: FileIdentity) => Promise<string | null>;
  /** For good, or into the trash. */
  readonly letGo: LetGo;
  readonly faults: Faults;
}

/** Lets one proven file go; `null`, or why it stays. One that is not there went before. */
export async function releaseFile(
  folder: HeldFolder,
  name: string,
  proven: ProvenFile,
  letting: Letting,
): Promise<string | null> {
  const path = await folder.at(name);
  let fd: number;
  try {
    fd = await acting(letting.faults, 'open', () => Promise.resolve(openLocal(path)));
  } catch (error) {
    return systemCode(error) === 'ENOENT' ? null : `it cannot be opened (${systemCode(error) ?? String(error)})`;
  }
  try {
    const seen = await seenAsProven({ fd, path }, proven, letting);
    if (typeof seen === 'string') return seen;
    return await letting.letGo({
      ...seen,
      path: proven.path,
      held: await folder.at(name),
      still: () => folder.at(name),
      fd,
    });
  } catch (error) {
    return whyKept(error);
  } finally {
    closeSync(fd);
  }
}

/** What an open file was seen as while it was the proven one, or why it is not. */
async function seenAsProven(
  { fd, path }: { readonly fd: number; readonly path: string },
  proven: ProvenFile,
  { hash, faults }: Letting,
): Promise<FileIdentity | string> {
  const stats = fstatSync(fd, { bigint: true });
  if (!stats.isFile()) return 'it is no plain file any more';
  const seen = identityOf(stats);
  if (!sameIdentity(seen, proven) || !timesTellOf(fd)) {
    const sha256 = await acting(faults, 'hash', () => hash(path, seen));
    if (sha256 !== proven.sha256) return 'its content is not the proven one';
  }
  // The name may have been given to another file since it was opened, and the file written to.
  const named = identityOf(await lstat(path, { bigint: true }));
  const same = sameIdentity(named, seen) && sameIdentity(identityOf(fstatSync(fd, { bigint: true })), seen);
  return same ? seen : 'it changed while it was looked at';
}

/** @throws `ENOTDIR`: its folder is another one now, which is not for the file to say */
function whyKept(error: unknown): string {
  const code = systemCode(error);
  if (code === 'ENOTDIR') throw error;
  return `it cannot be deleted (${code ?? String(error)})`;
}
