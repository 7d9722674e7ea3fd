import { randomBytes, randomUUID } from 'node:crypto';
import { mkdir, realpath, rm, rmdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { makeTemporaryFolder } from '../run/fs/temp-folder.js';
import { createRecord } from '../run/record/record.js';
import { CANARY_PREFIX } from '../transports/transport.js';

/** What is left out where no canary may be written; a mount has one more, `canary_clock`. */
export const CANARY_CHECKS = [
  'canary_written',
  'canary_verified',
  'hash_support',
  'damage_found',
  'deletion_refused',
  'canary_fetched',
] as const;

export const newCanaryPlace = (): string => `${CANARY_PREFIX}${randomUUID()}`;

/** The file that is damaged on the target. */
export const VICTIM = 'series/image 1.tif';
const VICTIM_BYTES = 200 * 1024;

/** Odd, and legal everywhere: what breaks on these breaks on ordinary runs. The sign of micro is one in every form. */
export const FETCHED = ["series/it's 100% [5 µm] #1 $(x) & {y}.csv", '-rf.txt'] as const;

/** Some targets know folders only by what is in them, and refuse it by name. */
export const EMPTY_FOLDER = 'empty folder';

/** A small run of its own in a fresh temporary folder. */
export interface CanaryRun {
  readonly path: string;
  readonly victim: Uint8Array;
  /** An empty folder beside it, for what is brought back. */
  readonly back: string;
  removeEmptyFolder(): Promise<void>;
  remove(): Promise<void>;
}

export async function makeCanaryRun({ withLink }: { withLink: boolean }): Promise<CanaryRun> {
  const root = await realpath(await makeTemporaryFolder('nas-sync-doctor-'));
  const remove = (): Promise<void> => rm(root, { recursive: true, force: true });
  try {
    const path = join(root, 'run');
    const victim = randomBytes(VICTIM_BYTES);
    const files = [
      [VICTIM, victim],
      ['empty.txt', ''],
      ...FETCHED.map((name) => [name, `${name}\n`] as const),
    ] as const;
    for (const [name, content] of files) {
      await mkdir(dirname(join(path, name)), { recursive: true });
      await writeFile(join(path, name), content);
    }
    await mkdir(join(path, EMPTY_FOLDER));
    // Where this user may make none (Windows), runs hold none either.
    if (withLink) await symlink(VICTIM, join(path, 'link.tif')).catch(() => undefined);
    await createRecord(path);
    const back = join(root, 'back');
    await mkdir(back);
    const removeEmptyFolder = (): Promise<void> => rmdir(join(path, EMPTY_FOLDER));
    return { path, victim, back, removeEmptyFolder, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}
