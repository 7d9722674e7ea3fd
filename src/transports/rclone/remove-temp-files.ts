import { posix } from 'node:path';
import { isLeftover } from '../../run/fs/temp-files.js';
import { RECORD_FOLDER } from '../../run/record/record-folder.js';
import { failureOf, isMissing } from './failures.js';
import { list } from './list.js';
import type { Rclone } from './rclone.js';

/** Removes record files that dead writers left unfinished: at once where they ran here, after an hour elsewhere. */
export async function tidyUp(rclone: Rclone, target: string, signal: AbortSignal): Promise<void> {
  const folder = posix.join(target, RECORD_FOLDER);
  const found = await list(rclone, { target: folder, signal, recursive: false, withTimes: true });
  const left =
    found?.listed.filter(({ path, isFolder, modifiedAt }) => !isFolder && isLeftover(path, modifiedAt)) ?? [];
  for (const { path } of left) {
    const place = rclone.at(posix.join(folder, path));
    const outcome = await rclone.run({ args: ['deletefile', place], target, signal });
    if (outcome.run.exitCode !== 0 && !isMissing(outcome)) {
      throw failureOf(outcome, { place: `rclone:${place}`, paths: [place] });
    }
  }
}
