import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Examined } from '../transport.js';

/** Whether a share is really mounted there: the folder above it lies on another device then. */
export async function examineMount(root: string): Promise<readonly Examined[]> {
  const [here, above] = await Promise.all([stat(root), stat(dirname(root))]);
  const mounted = here.dev !== above.dev;
  return [
    {
      name: 'share_mounted',
      ok: true,
      detail: mounted ? `${root} is a mount of its own` : `${root} is a folder on the same disk as the folder above it`,
      fix: mounted ? null : 'if a share should be mounted there, mount it',
    },
  ];
}
