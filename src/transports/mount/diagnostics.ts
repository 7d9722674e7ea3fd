import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { systemCode } from '../../errors.js';
import { printable } from '../../run/printable.js';
import type { Examined } from '../transport.js';

/** Whether a share is really mounted there: the folder above it lies on another device then. */
export async function examineMount(root: string): Promise<readonly Examined[]> {
  return [{ name: 'share_mounted', ...(await mounted(root)) }];
}

async function mounted(root: string): Promise<Omit<Examined, 'name'>> {
  const where = printable(root);
  try {
    const [here, above] = await Promise.all([stat(root), stat(dirname(root))]);
    if (here.dev !== above.dev) return { ok: true, detail: `${where} is a mount of its own`, fix: null };
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error;
    return { ok: false, detail: `there is no folder ${where}`, fix: 'mount the share, or fix transport.path' };
  }
  return {
    ok: true,
    detail: `${where} is a folder on the same disk as the folder above it`,
    fix: 'if a share should be mounted there, mount it',
  };
}
