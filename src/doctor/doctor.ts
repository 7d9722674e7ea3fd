import type { Bay, Engine } from '../engine/engine.js';
import { NasSyncError } from '../errors.js';
import { examineBay } from './check-equipment.js';
import { examineMachine } from './check-host.js';
import { Checklist } from './checklist.js';
import type { DoctorOptions, DoctorReport } from './report.js';

export type { DoctorCheck, DoctorOptions, DoctorReport } from './report.js';

/**
 * Looks at this machine and at each way to a NAS, and rehearses a run on each. Leaves nothing behind and touches no job.
 * @throws NasSyncError `usage` for an equipment that is not configured; the signal's reason, once all is tidied up
 */
export async function examine(
  opening: Promise<Engine>,
  database: string | undefined,
  options: DoctorOptions,
): Promise<DoctorReport> {
  const opened = await opening.catch(unopened);
  const bays = opened instanceof NasSyncError ? [] : chosen(opened, options.equipmentIds);
  const machine = new Checklist(null, options);
  await examineMachine(machine, opened, database);
  const checks = [...machine.checks];
  if (!(opened instanceof NasSyncError)) {
    for (const bay of bays) checks.push(...(await examineBay(opened, bay, options)));
  }
  return { ok: checks.every((check) => check.ok), checks };
}

/** A queue that cannot be opened is a finding; a wrong configuration is refused as by any other command. */
function unopened(error: unknown): NasSyncError {
  if (error instanceof NasSyncError && (error.code === 'store_unavailable' || error.code === 'store_newer'))
    return error;
  throw error;
}

function chosen({ bays }: Engine, ids: readonly string[] = []): Bay[] {
  const unknown = ids.find((id) => !bays.has(id));
  if (unknown !== undefined) {
    const known = [...bays.keys()].join(', ') || 'none';
    throw new NasSyncError('usage', `there is no equipment ${unknown}; configured: ${known}`);
  }
  return [...bays].filter(([id]) => ids.length === 0 || ids.includes(id)).map(([, bay]) => bay);
}
