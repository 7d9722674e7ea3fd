import { posix } from 'node:path';
import { NasSyncError } from '../../errors.js';
import { temporaryName } from '../../run/fs/temp-files.js';
import { printable } from '../../run/printable.js';
import { TOKEN_FILE } from '../target-identity.js';
import { diagnose } from './classify-write-failure.js';
import { list, requireTop } from './list.js';
import { placeOf, readMeta } from './metadata.js';
import { rcloneName } from './name-encoding.js';
import type { Rclone } from './rclone.js';
import { findOwnNameRefused, findRefusal } from './rejected-name.js';

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
  await must(rclone, { path, hasTop }, { args: ['rcat', rclone.at(partial)], input: data, signal });
  if (renames) {
    // Without --ignore-times a file of equal size and time is taken for the same, and the new one is thrown away.
    const args = ['moveto', rclone.at(partial), rclone.at(path), '--ignore-times'];
    await must(rclone, { path, hasTop }, { args, signal });
  }
  // Two who write a new file at once: whoever reads another's there was not the first.
  if (!exclusive) return;
  const written = await readMeta(rclone, path, hasTop, signal);
  if (written !== null && Buffer.compare(written, data) === 0) return;
  throw new NasSyncError('unknown', `${place} is not what was written there`);
}

async function must(
  rclone: Rclone,
  { path, hasTop }: { path: string; hasTop: boolean },
  call: { args: readonly string[]; input?: Uint8Array; signal: AbortSignal },
): Promise<void> {
  const outcome = await rclone.run({ ...call, target: placeOf(path) });
  if (outcome.run.exitCode === 0) return;
  const where = { place: `rclone:${rclone.at(path)}`, paths: [rclone.at(path), ...call.args.slice(1)] };
  const refusal =
    path === TOKEN_FILE
      ? await findOwnNameRefused(rclone, outcome, call.signal)
      : await findRefusal(rclone, { folder: '', paths: [placeOf(path)], hasTop }, outcome, call.signal);
  if (refusal !== null) throw refusal;
  throw await diagnose(rclone, outcome, where, call.input?.byteLength ?? 0, call.signal);
}
