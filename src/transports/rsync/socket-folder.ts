import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { NasSyncError } from '../../errors.js';
import { temporaryPlaces } from '../../run/fs/temp-folder.js';
import { printable } from '../../run/printable.js';

/** A socket's path has 104 bytes (macOS; Linux: 108) with the one that ends it, and ssh adds 17 until the socket listens. */
const LONGEST_PATH = 104 - 1 - 17;
/** What ssh would expand in the path (`%`, `$`, `~`), or a tool could cut it at. */
const PLAIN_PATH = /^[\w./+,:=@-]+$/u;
const NAME = 's';

export interface SocketFolder {
  readonly folder: string;
  readonly socket: string;
}

/**
 * A folder in which ssh can make the socket of a connection: where TMPDIR says, or, if its path is too long for a
 * socket, or it is missing or full, where this machine keeps other passing files.
 * @throws NasSyncError `not_configured`, which names TMPDIR
 */
export async function makeSocketFolder(places: readonly string[] = temporaryPlaces()): Promise<SocketFolder> {
  for (const place of places) {
    const made = await socketFolderIn(place);
    if (made !== null) return made;
  }
  throw new NasSyncError(
    'not_configured',
    `ssh can make no socket in ${places.map((place) => printable(place)).join(', ')}; set TMPDIR to a folder with room that this user may write in, whose path is plain and no longer than ${LONGEST_PATH - '/nas-123456/s'.length} bytes`,
  );
}

async function socketFolderIn(place: string): Promise<SocketFolder | null> {
  if (!PLAIN_PATH.test(place) || join(place, 'nas-123456', NAME).length > LONGEST_PATH) return null;
  const folder = await mkdtemp(join(place, 'nas-')).catch(() => null);
  if (folder === null) return null;
  const socket = join(folder, NAME);
  if (await canListenAt(socket)) return { folder, socket };
  await rm(folder, { recursive: true, force: true });
  return null;
}

/** Whether a socket can be made there: a folder may still be made on a disk that is full, or that knows no sockets. */
const canListenAt = (socket: string): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    // Its end removes the socket.
    server.listen(socket, () => server.close(() => resolve(true)));
  });
