import { randomUUID } from 'node:crypto';
import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { defaultDatabaseFile } from '../config/load.js';
import type { Engine } from '../engine/engine.js';
import { NasSyncError } from '../errors.js';
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
  await list.check('database_whole', () => databaseIsWhole(opened, file));
  await list.check('database_place', () => databaseIsLocal(file));
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
    return ill(`${file} cannot be written: ${message}`, 'fix its permissions, or choose another file with --db');
  }
  return well(`${file} can be read and written`);
}

/** SQLite's own look at every page. */
function databaseIsWhole({ store }: Engine, file: string): Seen {
  const damage = store.findDamage();
  if (damage === null) return well(`${file} holds together (PRAGMA quick_check)`);
  return ill(
    `${file} is damaged: ${damage}`,
    'stop every nas-sync, move the file away with its -wal and -shm, then run `nas-sync rebuild`: no run is lost by that',
  );
}

/** File systems of other machines, by the number that statfs(2) gives on Linux: their locks do not hold SQLite's promises. */
const NETWORKS: ReadonlyMap<number, string> = new Map([
  [0x6969, 'NFS'],
  [0xff534d42, 'SMB'],
  [0xfe534d42, 'SMB'],
  [0x517b, 'SMB'],
  [0x01021997, '9p'],
  [0x00c36400, 'Ceph'],
  [0x65735546, 'FUSE'],
  [0x5346414f, 'AFS'],
]);

async function databaseIsLocal(file: string): Promise<Seen> {
  const stats = process.platform === 'linux' ? await statfs(dirname(file)).catch(() => null) : null;
  const network = stats === null ? undefined : NETWORKS.get(stats.type >>> 0);
  if (network === undefined) return well(`${file} is on a disk of this machine, as far as the system tells`);
  return ill(
    `${file} is on ${network}, whose locks and writes SQLite cannot rely on: a queue there may be damaged`,
    'keep the queue on a local disk: --db, or the key database of the config',
  );
}
