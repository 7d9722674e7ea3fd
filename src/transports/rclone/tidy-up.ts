import { posix } from 'node:path';
import { systemClock } from '../../clock.js';
import { temporaryName } from '../../run/leftovers.js';
import { processIsGone } from '../../run/processes.js';
import { RECORD_FOLDER } from '../../run/record-folder.js';
import { failureOf, isMissing } from './failures.js';
import { list, type Listed } from './listing.js';
import type { Rclone } from './rclone.js';

const NAME = /^\.nas-sync-(?<host>[0-9a-f]{8})-(?<pid>\d+)-[0-9a-f-]+\.tmp$/u;
const OLD_MS = 60 * 60 * 1000;

/** Removes record files that dead writers left unfinished: at once where they ran here, after an hour elsewhere. */
export async function tidyUp(rclone: Rclone, target: string, signal: AbortSignal): Promise<void> {
  const folder = posix.join(target, RECORD_FOLDER);
  const found = await list(rclone, { target: folder, signal, recursive: false, withTimes: true });
  for (const { path } of found?.listed.filter(isLeft) ?? []) {
    const place = rclone.at(posix.join(folder, path));
    const outcome = await rclone.run({ args: ['deletefile', place], target, signal });
    if (outcome.run.exitCode !== 0 && !isMissing(outcome)) {
      throw failureOf(outcome, { place: `rclone:${place}`, paths: [place] });
    }
  }
}

function isLeft({ path, isFolder, modifiedAt }: Listed): boolean {
  const { host, pid } = NAME.exec(path)?.groups ?? {};
  if (isFolder || host === undefined) return false;
  const here = NAME.exec(temporaryName())?.groups?.['host'];
  if (host === here && processIsGone(Number(pid))) return true;
  return modifiedAt !== null && systemClock.now() - modifiedAt > OLD_MS;
}
