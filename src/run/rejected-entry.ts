import type { BigIntStats } from 'node:fs';
import type { Refusal } from './entry.js';
import { printable } from './printable.js';

/** `path` is the whole relative path, as the directories hold it. */
export const nameNotUtf8 = (path: Buffer): Refusal => ({
  path: printable(path),
  reason: 'name_not_utf8',
  message: `the name of "${printable(path)}" is not valid UTF-8, so no manifest can hold it: rename it`,
});

export const linkTextNotUtf8 = (path: string, text: Buffer): Refusal => ({
  path: printable(path),
  reason: 'name_not_utf8',
  message: `"${printable(path)}" links to "${printable(text)}", which is not valid UTF-8: rename what it points to and make the link anew`,
});

export const link = (path: string, text: string, leads: 'leaves' | 'absolute'): Refusal => ({
  path: printable(path),
  reason: 'link_leaves_run',
  message:
    leads === 'absolute'
      ? `"${printable(path)}" is an absolute link (to "${printable(text)}"), which would be wrong on the NAS: make it relative to a file of the run, or put the file itself in its place`
      : `"${printable(path)}" links to "${printable(text)}", which leads out of the run: put the file itself in its place, or remove the link`,
});

export const notFollowed = (path: string, text: string, what: string): Refusal => ({
  path: printable(path),
  reason: 'link_not_followed',
  message: `"${printable(path)}" links to "${printable(text)}", which leads to ${what} and cannot be copied in its place (links: follow): put a file there, or remove the link`,
});

export const notKept = (path: string): Refusal => ({
  path: printable(path),
  reason: 'link_not_followed',
  message: `"${printable(path)}" is a symbolic link, and the target can hold none: put the file in its place, or set \`links: follow\` for the equipment`,
});

export const special = (path: string, stats: BigIntStats): Refusal => ({
  path: printable(path),
  reason: 'special_file',
  message: `"${printable(path)}" is ${specialKind(stats)}, which cannot be copied: remove it, or move it out of the run`,
});

export const unreadable = (path: string, code: string): Refusal => ({
  path: printable(path),
  reason: 'unreadable',
  message:
    code === 'ENAMETOOLONG'
      ? `"${printable(path)}" cannot be read, its path is too long for this system (${code}): shorten the names of its folders`
      : `"${printable(path)}" cannot be read (${code}): give the user that runs nas-sync the right to read it`,
});

function specialKind(stats: BigIntStats): string {
  if (stats.isFIFO()) return 'a named pipe';
  if (stats.isSocket()) return 'a socket';
  if (stats.isBlockDevice() || stats.isCharacterDevice()) return 'a device';
  return 'no file, folder or link';
}
