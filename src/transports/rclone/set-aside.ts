import { posix } from 'node:path';
import { NasSyncError } from '../../errors.js';
import { printable } from '../../run/printable.js';
import { deepestFirst, notMovable, takenThere, type SetAsideRequest } from '../set-aside.js';
import { failureOf } from './failures.js';
import { list, type Listed } from './list.js';
import { rcloneName } from './name-encoding.js';
import type { Rclone } from './rclone.js';

/** One move for each file, each name an argument of its own; then the remote is asked what came of it. */
export async function setAsidePlace(rclone: Rclone, request: SetAsideRequest): Promise<void> {
  const { target, paths, into, signal } = request;
  const before = await standing(rclone, request);
  const moves = paths
    .map((path) => ({ path, from: rcloneName(path), to: rcloneName(posix.join(into, path)) }))
    .filter(({ from }) => before.has(from));
  for (const { path, from, to } of moves) {
    if (before.get(from)?.isFolder === true) throw notMovable(path);
    if (before.has(to)) throw takenThere(posix.join(into, path));
  }
  for (const { from, to } of moves) {
    const place = rclone.at(posix.join(target, from));
    const args = ['moveto', place, rclone.at(posix.join(target, to)), '--immutable'];
    const outcome = await rclone.run({ args, target, signal });
    if (outcome.run.exitCode !== 0) throw failureOf(outcome, { place: `rclone:${place}`, paths: [place] });
  }
  await removeEmptied(rclone, request, before);
  if (moves.length === 0) return;
  const after = await standing(rclone, request);
  const failed = moves.find(({ from, to }) => after.has(from) || after.get(to)?.size !== before.get(from)?.size);
  if (failed === undefined) return;
  throw new NasSyncError('unknown', `${printable(failed.path)} was not moved to ${printable(into)} on the target`);
}

/** `rclone rmdir` refuses a folder that holds anything; whether it is still there is all that counts. */
async function removeEmptied(
  rclone: Rclone,
  { target, emptyFolders = [], signal }: SetAsideRequest,
  before: ReadonlyMap<string, Listed>,
): Promise<void> {
  for (const folder of deepestFirst(emptyFolders)) {
    if (before.get(rcloneName(folder))?.isFolder !== true) continue;
    await rclone.run({ args: ['rmdir', rclone.at(posix.join(target, rcloneName(folder)))], target, signal });
  }
}

async function standing(rclone: Rclone, { target, signal }: SetAsideRequest): Promise<ReadonlyMap<string, Listed>> {
  const found = await list(rclone, { target, signal });
  return new Map(found?.listed.map((entry) => [entry.path, entry]));
}
