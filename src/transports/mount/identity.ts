import { stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { NasSyncError, systemCode } from '../../errors.js';
import { durableWrite } from '../../run/durable-write.js';
import { readSmallFile } from '../../run/read-small-file.js';
import { TOKEN_FILE } from '../target-identity.js';
import { tokenIn, tokenText, unreadableToken } from '../token-file.js';
import type { TargetProbe } from '../transport.js';

const REREAD_MS = 500;

export async function probeMount(root: string): Promise<TargetProbe> {
  const folder = await stat(root).catch((error: unknown) => {
    if (systemCode(error) === 'ENOENT') {
      throw new NasSyncError('network', `there is no folder ${root}; is the share mounted?`, { cause: error });
    }
    throw error;
  });
  if (!folder.isDirectory()) throw new NasSyncError('not_configured', `${root} is no folder; mend transport.path`);
  const { bavail, bsize } = await statfs(root);
  return { token: await readToken(root), freeBytes: bavail * bsize };
}

export async function imprintMount(root: string, token: string): Promise<void> {
  await durableWrite(join(root, TOKEN_FILE), tokenText(token), { exclusive: true });
}

async function readToken(root: string): Promise<string | null> {
  const file = join(root, TOKEN_FILE);
  for (let look = 0; ; look += 1) {
    const data = await readSmallFile(file);
    if (data === null) return null;
    const token = tokenIn(Buffer.from(data).toString('utf8'));
    if (token !== null) return token;
    if (look === 1) break;
    // Another workstation may be writing it: a share without hard links cannot show a new file whole at once.
    await sleep(REREAD_MS);
  }
  throw unreadableToken(file);
}
