import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ToolRun } from '../../errors.js';
import { makeTemporaryFolder } from '../../run/fs/temp-folder.js';
import type { PushRequest } from '../transport.js';
import type { Site } from './backend.js';
import { failureOf } from './failures.js';

/** A list of files makes no empty folders: they are copied from a skeleton that holds nothing else. */
export async function makeFolders(
  { rclone }: Site,
  { target, signal }: Pick<PushRequest, 'target' | 'signal'>,
  folders: readonly string[],
): Promise<ToolRun | null> {
  if (folders.length === 0) return null;
  const skeleton = await makeTemporaryFolder('nas-sync-folders-');
  try {
    for (const folder of folders) await mkdir(join(skeleton, folder), { recursive: true });
    const place = rclone.at(target);
    const args = ['copy', skeleton, place, '--create-empty-src-dirs', '--no-check-dest'];
    const outcome = await rclone.run({ args, target, signal });
    if (outcome.run.exitCode === 0) return outcome.run;
    throw failureOf(outcome, { place: `rclone:${place}`, paths: [place, skeleton] });
  } finally {
    await rm(skeleton, { recursive: true, force: true });
  }
}
