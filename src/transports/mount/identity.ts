import { stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { NasSyncError, systemCode } from '../../errors.js';
import { durableWrite } from '../../run/fs/durable-write.js';
import { readSmallFile } from '../../run/fs/read-small-file.js';
import { TOKEN_FILE } from '../target-identity.js';
import { readToken, tokenText } from '../token-file.js';
import type { TargetProbe } from '../transport.js';

export async function probeMount(root: string): Promise<TargetProbe> {
  const folder = await stat(root).catch((error: unknown) => {
    if (systemCode(error) === 'ENOENT') {
      throw new NasSyncError('network', `there is no folder ${root}; is the share mounted?`, { cause: error });
    }
    throw error;
  });
  if (!folder.isDirectory()) throw new NasSyncError('not_configured', `${root} is no folder; fix transport.path`);
  const { bavail, bsize } = await statfs(root);
  const file = join(root, TOKEN_FILE);
  return { token: await readToken(() => readSmallFile(file), file), freeBytes: bavail * bsize };
}

export async function imprintMount(root: string, token: string): Promise<void> {
  await durableWrite(join(root, TOKEN_FILE), tokenText(token), { exclusive: true });
}
