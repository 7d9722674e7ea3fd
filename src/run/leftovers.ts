import { createHash, randomUUID } from 'node:crypto';
import { lstat, readdir, unlink } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../clock.js';
import { processIsGone } from './processes.js';
import { OWN_PREFIX } from './record-folder.js';

const HOST = createHash('sha256').update(hostname()).digest('hex').slice(0, 8);
const NAME = /^\.nas-sync-(?<host>[0-9a-f]{8})-(?<pid>\d+)-[0-9a-f-]+\.tmp$/;
const OLD_MS = 60 * 60 * 1000;

/** Names its writer, so that what a dead one left behind can be told from what a live one is writing. */
export const temporaryName = (): string => `${OWN_PREFIX}${HOST}-${process.pid}-${randomUUID()}.tmp`;

/**
 * Removes the temporary files of writers that are dead: at once where they ran on this host, after an hour where that
 * cannot be known. A folder that is not there holds none.
 */
export async function removeLeftovers(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  await Promise.all(names.map((name) => removeIfLeft(join(folder, name), NAME.exec(name)?.groups)));
}

async function removeIfLeft(file: string, writer: Record<string, string> | undefined): Promise<void> {
  if (writer === undefined) return;
  const deadHere = writer['host'] === HOST && processIsGone(Number(writer['pid']));
  // Another process may have removed it first; one that may not be removed harms nobody.
  const stats = await lstat(file).catch(() => undefined);
  if (stats?.isFile() !== true || (!deadHere && systemClock.now() - stats.mtimeMs < OLD_MS)) return;
  await unlink(file).catch(() => undefined);
}
