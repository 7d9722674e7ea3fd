import { posix } from 'node:path';
import { NasSyncError } from '../../errors.js';
import { printable } from '../../run/display.js';
import { temporaryName } from '../../run/leftovers.js';
import { RECORD_FOLDER } from '../../run/record-folder.js';
import { diagnose } from './diagnose.js';
import { failureOf, isMissing } from './failures.js';
import { lines } from './hashes.js';
import { list, requireTop } from './listing.js';
import { rcloneName } from './names.js';
import type { Rclone } from './rclone.js';

/** Manifests of a million files are about this long. */
const MOST_BYTES = 256 * 1024 * 1024;

/** The run's place that a path below it belongs to. */
const placeOf = (path: string): string => {
  const end = path.indexOf(`/${RECORD_FOLDER}/`);
  return end === -1 ? '' : path.slice(0, end);
};

/** A small file, or `null` if there is none. */
export async function readMeta(rclone: Rclone, path: string, signal: AbortSignal): Promise<Uint8Array | null> {
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
  return bytes > 0 || (await isEmptyFile(rclone, path, signal)) ? Buffer.concat(chunks) : null;
}

/** What is not there and what is empty are both nothing to `cat`. */
async function isEmptyFile(rclone: Rclone, path: string, signal: AbortSignal): Promise<boolean> {
  const place = `rclone:${rclone.at(path)}`;
  const chunks: Buffer[] = [];
  const args = ['lsjson', '--stat', '--no-mimetype', rclone.at(path)];
  const outcome = await rclone.run({ args, target: placeOf(path), signal, onChunk: (chunk) => chunks.push(chunk) });
  if (outcome.run.exitCode !== 0) {
    if (isMissing(outcome)) return false;
    throw failureOf(outcome, { place, paths: [rclone.at(path)] });
  }
  if (!/"IsDir":\s*true/u.test(Buffer.concat(chunks).toString('utf8'))) return true;
  throw new NasSyncError('target_conflict', `${printable(place)} is a folder on the target; move it away, then retry`);
}

/** Written under another name, then given its own: a connection that breaks leaves no half record. */
export async function writeMeta(
  rclone: Rclone,
  path: string,
  data: Uint8Array,
  { exclusive, renames, hasTop }: { exclusive: boolean; renames: boolean; hasTop: boolean },
  signal: AbortSignal,
): Promise<void> {
  const place = printable(`rclone:${rclone.at(path)}`);
  const { dir, base } = posix.parse(path);
  if (exclusive) {
    const beside = await list(rclone, { target: dir, signal, recursive: false });
    // Whatever else is missing is made with the file.
    if (beside === null && hasTop) await requireTop(rclone, signal);
    if (beside?.listed.some((listed) => listed.path === rcloneName(base)) === true) {
      throw new NasSyncError('target_conflict', `${place} is there already`);
    }
  }
  const partial = renames ? posix.join(dir, temporaryName()) : path;
  await must(rclone, path, { args: ['rcat', rclone.at(partial)], input: data, signal });
  if (renames) {
    // Without --ignore-times a file of equal size and time is taken for the same, and the new one is thrown away.
    const args = ['moveto', rclone.at(partial), rclone.at(path), '--ignore-times'];
    await must(rclone, path, { args, signal });
  }
  // Two who write a new file at once: whoever reads another's there was not the first.
  if (!exclusive) return;
  const written = await readMeta(rclone, path, signal);
  if (written !== null && Buffer.compare(written, data) === 0) return;
  throw new NasSyncError('unknown', `${place} is not what was written there`);
}

async function must(
  rclone: Rclone,
  path: string,
  call: { args: readonly string[]; input?: Uint8Array; signal: AbortSignal },
): Promise<void> {
  const outcome = await rclone.run({ ...call, target: placeOf(path) });
  if (outcome.run.exitCode === 0) return;
  const where = { place: `rclone:${rclone.at(path)}`, paths: [rclone.at(path), ...call.args.slice(1)] };
  throw await diagnose(rclone, outcome, where, call.input?.byteLength ?? 0, call.signal);
}
