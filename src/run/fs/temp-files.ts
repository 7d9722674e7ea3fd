import { createHash, randomUUID } from 'node:crypto';
import { lstat, readdir, unlink } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../clock.js';
import { OWN_PREFIX } from '../record/record-folder.js';
import { pidNamespace, processIsGone } from './processes.js';

/**
 * Where the writer's pid means something. Without the boot: what a power cut left is known as dead at once. Where that
 * cannot be told it is nobody's, and age decides.
 */
const HOST = createHash('sha256')
  .update(`${hostname()}\0${pidNamespace() ?? randomUUID()}`)
  .digest('hex')
  .slice(0, 8);
const NAME = /^\.nas-sync-(?<host>[0-9a-f]{8})-(?<pid>\d+)-[0-9a-f-]+(?:\.tmp)?$/;
const OLD_MS = 60 * 60 * 1000;

/**
 * Names its writer, so that what a dead one left behind can be told from what a live one is
 * writing. Without an ending: file servers refuse some, `*.tmp` before all. Earlier releases had that one.
 */
export const temporaryName = (): string => `${OWN_PREFIX}${HOST}-${process.pid}-${randomUUID()}`;

/**
 * Removes the temporary files of writers that are dead: at once where they ran on this host and in
 * this pid namespace, after an hour where that
 * cannot be known. A folder that is not there holds none.
 */
export async function removeLeftovers(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  await Promise.all(names.filter((name) => NAME.test(name)).map((name) => removeIfLeft(folder, name)));
}

/** Whether a name is that of a temporary file whose writer is dead. `modifiedAt` is in ms since the epoch. */
export function isLeftover(name: string, modifiedAt: number | null): boolean {
  const writer = NAME.exec(name)?.groups;
  if (writer === undefined) return false;
  if (writer['host'] === HOST && processIsGone(Number(writer['pid']))) return true;
  return modifiedAt !== null && systemClock.now() - modifiedAt > OLD_MS;
}

async function removeIfLeft(folder: string, name: string): Promise<void> {
  // Another process may have removed it first; one that may not be removed harms nobody.
  const stats = await lstat(join(folder, name)).catch(() => undefined);
  if (stats?.isFile() !== true || !isLeftover(name, stats.mtimeMs)) return;
  await unlink(join(folder, name)).catch(() => undefined);
}
