import type { Config, Equipment } from '../config/schema.js';
import { MountTransport } from './mount/mount-transport.js';
import { RcloneTransport } from './rclone/rclone-transport.js';
import { RsyncTransport } from './rsync/rsync-transport.js';
import type { Transport } from './transport.js';

/** The way that an equipment's configuration describes, for this queue. Nothing is started or asked yet. */
export function createTransport(
  { transport, volatile }: Equipment,
  { requireSha256 }: Config['verify'],
  queueId: string,
): Transport {
  switch (transport.type) {
    case 'mount':
      return new MountTransport({ ...transport, volatile });
    case 'rclone':
      return new RcloneTransport({ ...transport, volatile, requireSha256, queueId });
    case 'rsync_ssh':
      return new RsyncTransport({ ...transport, volatile, requireSha256, queueId });
  }
}
