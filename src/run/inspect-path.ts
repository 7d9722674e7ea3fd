import { isUtf8 } from 'node:buffer';
import { constants, type BigIntStats } from 'node:fs';
import { access, lstat, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { NasSyncError, systemCode } from '../errors.js';
import type { FileEntry, LinkEntry, Refusal, RunEntry } from './entry.js';
import { whereLinkLeads } from './link-target.js';
import { printable } from './printable.js';
import * as refuse from './rejected-entry.js';

/**
 * What stands at one place of the run, without following links. `path` is relative to the run at `top`.
 * Throws `local_file_vanished` when nothing stands there (any more).
 */
export async function lookAt(top: string, path: string): Promise<RunEntry | Refusal> {
  const file = join(top, path);
  try {
    const stats = await lstat(file, { bigint: true });
    if (stats.isFile()) return await readableFile(file, path, stats);
    if (stats.isDirectory()) return { kind: 'folder', path, mode: permissions(stats), mtimeNs: String(stats.mtimeNs) };
    if (stats.isSymbolicLink()) return await link(top, path);
    return refuse.special(path, stats);
  } catch (error) {
    return refusedOrThrown(error, path);
  }
}

/** A failure to read that a person can fix becomes a refusal; everything else is thrown. */
export function refusedOrThrown(error: unknown, path: string): Refusal {
  const code = systemCode(error);
  if (code === 'ENOENT' || code === 'ENOTDIR') throw vanished(path, error);
  if (code === 'EACCES' || code === 'EPERM' || code === 'ENAMETOOLONG') return refuse.unreadable(path, code);
  throw error;
}

const vanished = (path: string, cause: unknown): NasSyncError =>
  new NasSyncError('local_file_vanished', `"${printable(path)}" disappeared while the run was being read`, { cause });

async function readableFile(file: string, path: string, stats: BigIntStats): Promise<FileEntry> {
  await access(file, constants.R_OK);
  return fileEntry(path, stats);
}

export const fileEntry = (path: string, stats: BigIntStats): FileEntry => ({
  kind: 'file',
  path,
  mode: permissions(stats),
  identity: {
    size: Number(stats.size),
    mtimeNs: String(stats.mtimeNs),
    ctimeNs: String(stats.ctimeNs),
    dev: String(stats.dev),
    ino: String(stats.ino),
  },
});

const permissions = (stats: BigIntStats): number => Number(stats.mode) & 0o7777;

async function link(top: string, path: string): Promise<LinkEntry | Refusal> {
  const bytes = await readlink(join(top, path), { encoding: 'buffer' });
  if (!isUtf8(bytes)) return refuse.linkTextNotUtf8(path, bytes);
  const linkTo = bytes.toString('utf8');
  const leads = await whereLinkLeads(top, path, linkTo);
  return leads === 'stays' ? { kind: 'link', path, linkTo } : refuse.link(path, linkTo, leads);
}
