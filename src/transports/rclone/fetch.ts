import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { NasSyncError, systemCode } from '../../errors.js';
import { printable } from '../../run/printable.js';
import type { FetchRequest, FetchResult } from '../transport.js';
import type { Site } from './backend.js';
import { copyFiles } from './copy.js';
import { failureOf } from './failures.js';
import { rcloneName } from './name-encoding.js';

export async function fetchPlace({ rclone, options }: Site, request: FetchRequest): Promise<FetchResult> {
  const { paths, target, into } = request;
  const byRcloneName = new Map(paths.map((path) => [rcloneName(path), path]));
  const nameOf = (name: string): string => byRcloneName.get(name) ?? name;
  if (paths.length === 0) return { files: 0, bytes: 0, tools: [] };
  const from = rclone.at(target);
  const outcome = await copyFiles(rclone, options, {
    from,
    to: into,
    files: [...byRcloneName.keys()],
    target,
    flags: [],
    capKiBps: request.capKiBps,
    signal: request.signal,
    onArrived: () => undefined,
    onStats: ({ bytes, transfers, current }) =>
      request.onProgress({ bytes, files: transfers, currentFile: current === null ? null : nameOf(current) }),
  });
  if (outcome.run.exitCode !== 0) {
    throw failureOf(outcome, { place: `rclone:${from}`, paths: [from, into], nameOf });
  }
  let bytes = 0;
  for (const path of paths) bytes += await sizeHere(into, path);
  return { files: paths.length, bytes, tools: [outcome.run] };
}

/** rclone leaves out what it does not find, and calls that a success. */
async function sizeHere(into: string, path: string): Promise<number> {
  try {
    const stats = await lstat(join(into, path));
    if (stats.isFile()) return stats.size;
  } catch (error) {
    if (systemCode(error) !== 'ENOENT' && systemCode(error) !== 'ENOTDIR') throw error;
  }
  throw new NasSyncError('network', `${printable(path)} did not come from the target; is it still there?`);
}
