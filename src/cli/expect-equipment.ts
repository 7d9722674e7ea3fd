import { NasSyncError, type Config, type NasSyncClient } from '../index.js';

/** A name that neither the config nor the queue knows is a slip, not an empty answer. */
export async function expectEquipment(client: NasSyncClient, config: Config, id: string | undefined): Promise<void> {
  const known = config.equipment.map((equipment) => equipment.id);
  if (id === undefined || known.includes(id)) return;
  if ((await client.jobs({ equipmentIds: [id] })).length > 0) return;
  throw new NasSyncError('usage', `there is no equipment ${id}; configured: ${known.join(', ') || 'none'}`);
}
