import type { Equipment } from '../config/schema.js';
import { NasSyncError } from '../errors.js';
import { MountTransport } from './mount/mount-transport.js';
import type { Transport } from './transport.js';

export type TransportFactory = (equipment: Equipment) => Transport;

/** @throws NasSyncError `config_invalid` for a transport that this release does not have */
export const createTransport: TransportFactory = (equipment) => {
  const { transport } = equipment;
  if (transport.type === 'mount') return new MountTransport(transport);
  throw new NasSyncError(
    'config_invalid',
    `equipment ${equipment.id}: transport ${transport.type} comes with a later release; this one has: mount`,
  );
};
