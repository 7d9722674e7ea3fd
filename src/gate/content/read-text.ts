import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { systemCode } from '../../errors.js';
import type { Refusal } from '../../run/entry.js';
import { refusedOrThrown } from '../../run/inspect-path.js';

/** Absent on Windows, which has neither. Not blocking: a pipe may stand there by now. */
const FLAGS =
  constants.O_RDONLY |
  ((constants.O_NOFOLLOW as number | undefined) ?? 0) |
  ((constants.O_NONBLOCK as number | undefined) ?? 0);

const BINARY_WITHIN = 8 * 1024;
/** No longer text fits into one string. */
const MOST_BYTES = 256 * 1024 * 1024;

/** Gone, or no longer a file: an entry by itself when the run is looked at again. */
const REPLACED = new Set(['ENOENT', 'ENOTDIR', 'ELOOP', 'EISDIR', 'ENXIO', 'ENODEV']);

/**
 * The text of a run's file. `null` for what is not looked into: larger than `mostBytes`, binary (a NUL in the first
 * 8 KiB), or no file any more.
 */
export async function readText(runPath: string, path: string, mostBytes: number): Promise<string | Refusal | null> {
  try {
    const file = await open(join(runPath, path), FLAGS);
    try {
      return await textOf(file, Math.min(mostBytes, MOST_BYTES));
    } finally {
      await file.close();
    }
  } catch (error) {
    return REPLACED.has(systemCode(error) ?? '') ? null : refusedOrThrown(error, path);
  }
}

async function textOf(file: FileHandle, mostBytes: number): Promise<string | null> {
  const stats = await file.stat();
  if (!stats.isFile() || stats.size > mostBytes) return null;
  const bytes = await upTo(stats.size, file);
  return bytes.subarray(0, BINARY_WITHIN).includes(0) ? null : bytes.toString('utf8');
}

/** What is appended meanwhile belongs to the next look. */
async function upTo(size: number, file: FileHandle): Promise<Buffer> {
  const bytes = Buffer.alloc(size);
  let filled = 0;
  while (filled < size) {
    const { bytesRead } = await file.read(bytes, filled, size - filled, filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return bytes.subarray(0, filled);
}
