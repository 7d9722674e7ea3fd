import type { Config, Equipment } from '../config/schema.js';
import { MountTransport } from './mount/mount-transport.js';
import { NasSyncError } from '../errors.js';
import { RsyncTransport } from './rsync/rsync-transport.js';
import type { Transport } from './transport.js';

/** The way that an equipment's configuration describes. Nothing is started or asked yet. */
export function createTransport({ transport }: Equipment, { requireSha256 }: Config['verify']): Transport {
  switch (transport.type) {
    case 'mount':
      return new MountTransport(transport);
    case 'rclone':
      throw new NasSyncError('config_invalid', 'rclone is not built yet');
    case 'rsync_ssh':
      return new RsyncTransport({ ...transport, requireSha256 });
  }
}
