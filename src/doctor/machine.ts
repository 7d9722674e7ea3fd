import { randomUUID } from 'node:crypto';
import { defaultDatabaseFile } from '../config/load.js';
import { NasSyncError } from '../errors.js';
import type { Engine } from '../scheduler/engine.js';
import { failure, ill, well, type Checklist, type Seen } from './checklist.js';
import { otherWorkers } from './other-workers.js';

const OLDEST_NODE = [20, 19] as const;

/** What holds for all equipment alike. */
export async function examineMachine(
  list: Checklist,
  opened: Engine | NasSyncError,
  database: string | undefined,
): Promise<void> {
  await list.check('node_version', nodeVersion);
  if (opened instanceof NasSyncError) {
    list.add('database', failure(opened), ['every check of an equipment']);
    return;
  }
  const file = database ?? opened.config.database ?? defaultDatabaseFile();
  await list.check('database', () => databaseWrites(opened, file));
  await list.check('other_workers', () => otherWorkers(opened));
  if (opened.bays.size === 0) {
    list.add('equipment', ill('no equipment is configured', 'add one to the configuration; `nas-sync init` makes one'));
  }
}

function nodeVersion(): Seen {
  const { node } = process.versions;
  const [major = 0, minor = 0] = node.split('.').map(Number);
  const [oldestMajor, oldestMinor] = OLDEST_NODE;
  const enough = major > oldestMajor || (major === oldestMajor && minor >= oldestMinor);
  const oldest = OLDEST_NODE.join('.');
  return enough ? well(`Node ${node}`) : ill(`Node ${node} is older than ${oldest}`, `install Node ${oldest} or newer`);
}

/** Deletes what is not there: that needs the right to write, and changes nothing. */
async function databaseWrites({ store }: Engine, file: string): Promise<Seen> {
  try {
    await store.digests.forget(randomUUID());
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return ill(`${file} cannot be written: ${message}`, 'mend its permissions, or choose another file with --db');
  }
  return well(`${file} can be read and written`);
}
