import { randomBytes, randomUUID } from 'node:crypto';
import { lstat, readdir, unlink, writeFile } from 'node:fs/promises';
import { dirname, join, posix } from 'node:path';
import { isDiskFull, NasSyncError, systemCode } from '../errors.js';
import { drain } from '../run/concurrent-walk.js';
import { unlessGone } from '../run/fs/null-if-missing.js';
import { removeLeftovers, temporaryName } from '../run/fs/temp-files.js';
import { printable } from '../run/printable.js';
import { RECORD_FOLDER } from '../run/record/record-folder.js';
import { CANARY_PREFIX, type Transport } from './transport.js';

interface TwoPlaces {
  /** The run folder, absolute. */
  readonly source: string;
  /** The run's place, relative to the transport's root. */
  readonly target: string;
}

/** Why this side cannot be written to, or has no record folder: then only the other side's file can tell. */
const NOT_WRITABLE: ReadonlySet<string | undefined> = new Set(['ENOENT', 'ENOTDIR', 'EACCES', 'EPERM', 'EROFS']);
const REMOVAL_MS = 30_000;
const AT_ONCE = 16;

/**
 * Puts a file of a random name into the run's record folder and asks the target for it. What is found there was never
 * sent: the target is the run, whatever path, mount or protocol leads to it. Nothing is written on the target.
 * @throws NasSyncError `wrong_target`
 */
export async function assertNotSource(transport: Transport, places: TwoPlaces, signal: AbortSignal): Promise<void> {
  const name = temporaryName();
  const here = join(places.source, RECORD_FOLDER, name);
  if (!(await writeNonce(here))) return;
  try {
    const found = await transport.readMeta(`${places.target}/${RECORD_FOLDER}/${name}`, signal);
    if (found !== null) throw sameFolder(transport, places);
  } finally {
    await unlink(here).catch(() => undefined);
  }
}

/**
 * The same from the other side: a cache or a mirror of one direction hides the file of {@link assertNotSource}. The
 * run's place must be there already.
 * @throws NasSyncError `wrong_target`
 */
export async function assertTargetIsElsewhere(
  transport: Transport,
  places: TwoPlaces,
  signal: AbortSignal,
): Promise<void> {
  await assertNotSource(transport, places, signal);
  const name = `${CANARY_PREFIX}${randomUUID()}`;
  if (await appearsIn(transport, join(places.source, RECORD_FOLDER), `${places.target}/${RECORD_FOLDER}`, name, signal))
    throw sameFolder(transport, places);
}

/**
 * Refuses a place of which one folder leads back to the run, by a mount or a link that came later: a file of a random name
 * in each of the run's folders must not be listed there. What a killed process left of these is removed first.
 * @param folders relative to the run
 * @throws NasSyncError `wrong_target`
 */
export async function assertFoldersAreElsewhere(
  transport: Transport,
  { source, target }: TwoPlaces,
  folders: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const written: string[] = [];
  const write = async (folder: string): Promise<readonly string[]> => {
    await removeLeftovers(join(source, folder));
    const path = `${folder}/${temporaryName()}`;
    if (await writeNonce(join(source, path))) written.push(path);
    return [];
  };
  try {
    await drain(folders, write, { limit: AT_ONCE, signal });
    if (written.length === 0) return;
    const there = new Set((await transport.list(target, signal)).files.map(({ path }) => path));
    const found = written.find((path) => there.has(path));
    if (found !== undefined) throw sameFolder(transport, placesIn({ source, target }, found));
  } finally {
    for (const path of written) await unlink(join(source, path)).catch(() => undefined);
  }
}

const placesIn = ({ source, target }: TwoPlaces, path: string): TwoPlaces => ({
  source: dirname(join(source, path)),
  target: posix.dirname(`${target}/${path}`),
});

/** `false` where this side cannot be written to. A link in the folder's place is not followed. */
async function writeNonce(file: string): Promise<boolean> {
  try {
    if (!(await lstat(dirname(file))).isDirectory()) return false;
    await writeFile(file, randomBytes(16).toString('hex'), { flag: 'wx' });
    return true;
  } catch (error) {
    if (NOT_WRITABLE.has(systemCode(error))) return false;
    // A name may fit on a full disk where its content does not, and is enough.
    if (isDiskFull(error)) return (await unlessGone(lstat(file))) !== null;
    throw error;
  }
}

/**
 * Refuses a transport whose top is the local root: each run would be its own copy.
 * @throws NasSyncError `wrong_target`
 */
export async function assertRootIsElsewhere(transport: Transport, root: string, signal: AbortSignal): Promise<void> {
  if (!(await appearsIn(transport, root, '', `${CANARY_PREFIX}${randomUUID()}`, signal))) return;
  throw new NasSyncError(
    'wrong_target',
    `${printable(transport.place)} is ${printable(root)} itself, reached by another way; fix the transport`,
  );
}

/** Whether a folder that is made below `there` on the target appears in the local folder `here`. It is removed again. */
async function appearsIn(
  transport: Transport,
  here: string,
  there: string,
  name: string,
  signal: AbortSignal,
): Promise<boolean> {
  const canary = there === '' ? name : `${there}/${name}`;
  try {
    const content = Buffer.from(randomBytes(16).toString('hex'));
    await transport.writeMeta(`${canary}/nonce`, content, { exclusive: false }, signal);
    // Reading the folder makes a network file system ask again.
    const names: readonly string[] = await readdir(here).catch(() => []);
    return names.includes(name) || (await unlessGone(lstat(join(here, name)))) !== null;
  } finally {
    // Also after a wish to stop; what cannot be removed now harms nobody, and must not hide why.
    await transport.removeCanary(canary, AbortSignal.timeout(REMOVAL_MS)).catch(() => undefined);
  }
}

const sameFolder = ({ place }: Transport, { source, target }: TwoPlaces): NasSyncError =>
  new NasSyncError(
    'wrong_target',
    `${printable(`${place}/${target}`)} is the run itself (${printable(source)}), reached by another way; no copy is there; fix the transport, then retry`,
  );
