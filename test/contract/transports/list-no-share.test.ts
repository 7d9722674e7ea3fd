import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Transport } from 'nas-sync';
import { MountTransport } from '#dist/transports/mount/mount-transport.js';
import { RcloneTransport } from '#dist/transports/rclone/rclone-transport.js';
import { rcloneConfig } from '../../support/servers/rclone-remotes.js';
import { freshDisk } from './hold.js';

const WAYS: Readonly<Record<string, (path: string) => Promise<Transport>>> = {
  mount: async (path) => new MountTransport({ path, timeoutSeconds: 10 }),
  rclone: async (path) =>
    new RcloneTransport({
      ...{ rcloneRemote: 'local', rcloneRemotePath: path, rcloneConfig: await rcloneConfig({}) },
      ...{ transfers: null, checkers: null, links: 'keep', timeoutSeconds: 10, requireSha256: false },
    }),
};

it.each(Object.entries(WAYS))('%s: a share that is gone is a failure, and no empty place', async (_, way) => {
  const { path, remove } = await freshDisk();
  const transport = await way(join(path, 'share'));
  const listing = transport.list('SCOPE/Run', new AbortController().signal);
  await expect(listing).rejects.toMatchObject({ code: 'network' });
  await transport.close();
  await remove();
});
