import { measure } from '../cleanup/evaluate-interlocks.js';
import { ACCEPT_IT, NOT_ACCEPTED } from '../cleanup/policy.js';
import { isoTime } from '../clock.js';
import type { Engine } from '../engine/engine.js';
import type { Interlock } from '../machines/job-types.js';
import type { Job } from '../persistence/job.js';

/** A condition for deletion: what was measured, and what would satisfy it. `until` is ISO 8601 UTC. */
export interface InterlockView extends Omit<Interlock, 'until'> {
  readonly until: string | null;
}

export interface DeletionView {
  /** Every interlock holds now. */
  readonly allowed: boolean;
  readonly interlocks: readonly InterlockView[];
}

export const NOT_QUEUED: DeletionView = { allowed: false, interlocks: [] };

export const interlockView = ({ name, ok, measured, required, until, fix }: Interlock): InterlockView => ({
  name,
  ok,
  measured,
  required,
  until: until === null ? null : isoTime(until),
  fix,
});

/** What stands between a job's run and its deletion now; of a run that is gone, what allowed it. */
export async function deletionOf(engine: Engine, job: Job, signal: AbortSignal): Promise<DeletionView> {
  const bay = engine.bays.get(job.equipmentId);
  const { context } = job;
  if (job.state === 'cleaned') return { allowed: false, interlocks: await thatAllowedIt(engine, job) };
  if (bay === undefined || context === null) return NOT_QUEUED;
  const { interlocks } = await measure({ job, context, bay, engine, signal }, { content: false });
  const { enabled, unaccepted } = engine.policies.inForce(job.equipmentId);
  const all = enabled ? interlocks : [unaccepted ? UNACCEPTED : DISABLED, ...interlocks];
  return { allowed: all.every(({ ok }) => ok), interlocks: all.map(interlockView) };
}

async function thatAllowedIt({ store }: Engine, { jobId }: Job): Promise<InterlockView[]> {
  const journal = await store.jobs.journal(jobId);
  const intent = journal.findLast(({ event }) => event === 'interlocks.satisfied');
  return ((intent?.detail as { interlocks?: Interlock[] } | undefined)?.interlocks ?? []).map(interlockView);
}

const UNACCEPTED: Interlock = {
  name: 'cleanup_enabled',
  ok: false,
  measured: NOT_ACCEPTED,
  required: 'a person accepts that deletions are switched on',
  until: null,
  fix: ACCEPT_IT,
};

const DISABLED: Interlock = {
  name: 'cleanup_enabled',
  ok: false,
  measured: 'nas_cleanup.enabled is false',
  required: 'nas_cleanup.enabled: true',
  until: null,
  fix: 'set nas_cleanup.enabled to true in the config',
};
