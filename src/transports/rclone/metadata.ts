import { posix } from 'node:path';
import { NasSyncError } from '../../errors.js';
import { printable } from '../../run/printable.js';
import { RECORD_FOLDER } from '../../run/record/record-folder.js';
import { failureOf, isMissing } from './failures.js';
import { lines } from './hash.js';
import { list } from './list.js';
import type { Rclone } from './rclone.js';

/** Manifests of a million files are about this long. */
const MOST_BYTES = 256 * 1024 * 1024;

/** The run's place that a path below it belongs to. */
export const placeOf = (path: string): string => {
  const end = path.indexOf(`/${RECORD_FOLDER}/`);
  return end === -1 ? '' : path.slice(0, end);
};

/** A small file, or `null` if there is none. `hasTop`: whether a folder can be there that holds nothing. */
export async function readMeta(
  rclone: Rclone,
  path: string,
  hasTop: boolean,
  signal: AbortSignal,
): Promise<Uint8Array | null> {
  const { dir, base } = posix.parse(path);
  const place = `rclone:${rclone.at(path)}`;
  const chunks: Buffer[] = [];
  let bytes = 0;
  // By a list of one: of a folder, `cat FOLDER` would give all that it holds as if it were one file.
  const outcome = await rclone.run({
    args: ['cat', rclone.at(dir), '--files-from-raw', '-'],
    input: lines([base]),
    target: placeOf(path),
    signal,
    onChunk: (chunk) => {
      bytes += chunk.length;
      if (bytes <= MOST_BYTES) chunks.push(chunk);
    },
  });
  if (outcome.run.exitCode !== 0) {
    if (isMissing(outcome)) return null;
    throw failureOf(outcome, { place, paths: [rclone.at(path), rclone.at(dir)] });
  }
  if (bytes > MOST_BYTES) {
    throw new NasSyncError('target_conflict', `${printable(place)} is too long to be ours; move it away, then retry`);
  }
  return bytes > 0 || (await isEmptyFile(rclone, path, hasTop, signal)) ? Buffer.concat(chunks) : null;
}

/** What is not there and what is empty are both nothing to `cat`. */
async function isEmptyFile(rclone: Rclone, path: string, hasTop: boolean, signal: AbortSignal): Promise<boolean> {
  const place = `rclone:${rclone.at(path)}`;
  const chunks: Buffer[] = [];
  const args = ['lsjson', '--stat', '--no-mimetype', rclone.at(path)];
  const outcome = await rclone.run({ args, target: placeOf(path), signal, onChunk: (chunk) => chunks.push(chunk) });
  if (outcome.run.exitCode !== 0) {
    if (isMissing(outcome)) return false;
    throw failureOf(outcome, { place, paths: [rclone.at(path)] });
  }
  if (!/"IsDir":\s*true/u.test(Buffer.concat(chunks).toString('utf8'))) return true;
  // A bucket has no folders but those that its keys make: to rclone every key that is missing is a folder there.
  if (!hasTop) {
    const below = await list(rclone, { target: path, signal, recursive: false });
    if (below === null || below.listed.length === 0) return false;
  }
  throw new NasSyncError('target_conflict', `${printable(place)} is a folder on the target; move it away, then retry`);
}
