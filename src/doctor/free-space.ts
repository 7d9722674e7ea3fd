import type { Equipment } from '../config/schema.js';
import type { Engine } from '../engine/engine.js';
import type { Job } from '../persistence/job.js';
import { walkRun } from '../run/walk.js';
import { ill, well, type Seen } from './checklist.js';
import { inUnits } from './format-bytes.js';

const LITTLE_BYTES = 1024 ** 3;
/** Many runs take long to be measured; what was measured by then is enough to tell. */
const MEASURE_MS = 10_000;

/** Room for what is queued, as far as it can be told. */
export async function freeSpace(
  engine: Engine,
  equipment: Equipment,
  freeBytes: number | null,
  signal: AbortSignal,
): Promise<Seen> {
  if (freeBytes === null) return well('the target does not tell');
  const jobs = await engine.store.jobs.list({ equipmentIds: [equipment.id], states: ['queued', 'running'] });
  const { bytes, all } = await measured(jobs, freeBytes, signal);
  const needs = `${all ? '' : 'at least '}${inUnits(bytes)} for ${jobs.length === 1 ? '1 run' : `${jobs.length} runs`}`;
  const free = `${inUnits(freeBytes)} free`;
  if (bytes > freeBytes) {
    return ill(`${free}; the queue needs ${needs}`, 'make room on the target before the queue is worked on');
  }
  const detail = jobs.length === 0 ? free : `${free}; the queue needs ${needs}`;
  return well(detail, freeBytes < LITTLE_BYTES ? 'little room is left: make room on the target soon' : null);
}

/** What the runs hold. A part of it may have arrived already; a run that cannot be read is another check's matter. */
async function measured(
  jobs: readonly Job[],
  enough: number,
  signal: AbortSignal,
): Promise<{ bytes: number; all: boolean }> {
  const until = AbortSignal.timeout(MEASURE_MS);
  let bytes = 0;
  let all = true;
  for (const job of jobs) {
    if (bytes > enough) return { bytes, all: false };
    const size = await sizeOf(job, AbortSignal.any([signal, until]));
    signal.throwIfAborted();
    all &&= size !== null;
    bytes += size ?? 0;
  }
  return { bytes, all };
}

const sizeOf = async ({ runPath, bytes }: Job, signal: AbortSignal): Promise<number | null> =>
  bytes ?? (await walkRun(runPath, { signal }).catch(() => null))?.bytes ?? null;
