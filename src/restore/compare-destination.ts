import type { BigIntStats } from 'node:fs';
import { lstat, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { BytePool } from '../bytes/byte-pool.js';
import { systemCode } from '../errors.js';
import type { HeldFolder } from '../run/fs/folder-handle.js';
import { within } from '../run/fs/for-each-below.js';
import type { TransferProgress } from '../transports/transport.js';
import { hashEach, type Hashable } from '../verify/hash-local.js';
import type { Expected, ExpectedFile, ExpectedLink } from './expected.js';

/** What stands at the destination, held against what shall stand there. */
export interface Survey {
  readonly absent: readonly Expected[];
  readonly equal: readonly Expected[];
  /** A file with other content, a link with another text: what may be replaced, if that is asked for. */
  readonly different: readonly Expected[];
  /** Something of another kind is there or on the way there, which is never replaced. */
  readonly blocked: readonly Expected[];
}

type Verdict = keyof Survey;

export interface Surveying {
  readonly pool: BytePool;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: TransferProgress) => void;
}

/** Looks at each place below `root`, and reads the files that may be equal. Changes nothing. */
export async function survey(
  root: HeldFolder | null,
  path: string,
  entries: readonly Expected[],
  { pool, signal, onProgress }: Surveying,
): Promise<Survey> {
  if (root === null) return { absent: entries, equal: [], different: [], blocked: [] };
  const verdicts = new Map<Expected, Verdict>();
  const unread: Hashable<ExpectedFile>[] = [];
  await within(root, entries, {
    pathOf: (entry) => entry.path,
    act: async (entry, folder, name) => {
      signal.throwIfAborted();
      const stats = await thereAt(await folder.at(name));
      if (entry.kind === 'file' && stats !== null && mayBeEqual(entry, stats)) {
        unread.push({ item: entry, file: join(path, entry.path), name: entry.path, stats });
      } else verdicts.set(entry, await verdictOf(entry, stats, folder, name));
    },
    onLost: (entry, error) => verdicts.set(entry, lostOnTheWay(error)),
  });
  const hashes = await hashEach(unread, pool, { signal, onProgress });
  for (const [file, sha256] of hashes) verdicts.set(file, sha256 === file.sha256 ? 'equal' : 'different');
  const those = (wanted: Verdict): Expected[] => entries.filter((entry) => verdicts.get(entry) === wanted);
  return { absent: those('absent'), equal: those('equal'), different: those('different'), blocked: those('blocked') };
}

const mayBeEqual = ({ size }: ExpectedFile, stats: BigIntStats): boolean =>
  stats.isFile() && (size === null || stats.size === BigInt(size));

async function verdictOf(
  entry: Expected,
  stats: BigIntStats | null,
  folder: HeldFolder,
  name: string,
): Promise<Verdict> {
  if (stats === null) return 'absent';
  if (entry.kind === 'folder') return stats.isDirectory() ? 'equal' : 'blocked';
  if (entry.kind === 'file') return stats.isFile() ? 'different' : 'blocked';
  return stats.isSymbolicLink() ? linkVerdict(entry, await folder.at(name)) : 'blocked';
}

const linkVerdict = async ({ linkTo }: ExpectedLink, file: string): Promise<Verdict> =>
  (await readlink(file)) === linkTo ? 'equal' : 'different';

/** A folder that is missing hides nothing; a link or a file in its place does. @throws any other error */
function lostOnTheWay(error: unknown): Verdict {
  const code = systemCode(error);
  if (code === 'ENOENT') return 'absent';
  if (code === 'ENOTDIR' || code === 'ELOOP') return 'blocked';
  throw error;
}

/** `null` where nothing stands. */
export async function thereAt(file: string): Promise<BigIntStats | null> {
  try {
    return await lstat(file, { bigint: true });
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return null;
    throw error;
  }
}
