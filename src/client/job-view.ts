import { isoTime } from '../clock.js';
import type { Finding } from '../gate/validator.js';
import type { JobState, WaitingFor } from '../machines/job-types.js';
import type { Job, JournalEntry } from '../persistence/job.js';

/** A job as hosts and scripts see it. Times are ISO 8601 UTC; what is absent is `null`, never missing. */
export interface JobView {
  readonly jobId: string;
  readonly runPath: string;
  readonly equipmentId: string;
  readonly state: JobState;
  readonly waitingFor: readonly WaitingView[];
  readonly attempts: number;
  readonly verifyPasses: number;
  readonly enqueuedAt: string;
  readonly lastAttemptAt: string | null;
  readonly nextAttemptAt: string | null;
  readonly verifiedAt: string | null;
  readonly cleanedAt: string | null;
  readonly nasPath: string | null;
  readonly files: number | null;
  readonly bytes: number | null;
  readonly lastError: { readonly kind: string; readonly message: string; readonly at: string } | null;
}

export interface WaitingView extends Omit<WaitingFor, 'until'> {
  readonly until: string | null;
}

/** A run that the gate refused: there is no job. */
export interface BlockedView {
  readonly jobId: '';
  readonly runPath: string;
  readonly state: 'blocked';
  readonly blockingFindings: readonly Finding[];
}

export interface JournalView {
  readonly seq: number;
  readonly at: string;
  readonly event: string;
  readonly from: string;
  readonly to: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

const timeOrNull = (at: number | null | undefined): string | null => (at == null ? null : isoTime(at));

/** What a process knows beside the row: which equipment it has, and which of their targets do not answer. */
export interface Surroundings {
  readonly isConfigured: (equipmentId: string) => boolean;
  readonly laneClosed: (equipmentId: string) => WaitingFor | null;
}

export function jobView(job: Job, around: Surroundings): JobView {
  const { context } = job;
  return {
    jobId: job.jobId,
    runPath: job.runPath,
    equipmentId: job.equipmentId,
    state: job.state,
    waitingFor: waitsOf(job, around).map((wait) => ({ ...wait, until: timeOrNull(wait.until) })),
    attempts: context?.attempts ?? 0,
    verifyPasses: context?.verifyPasses ?? 0,
    enqueuedAt: isoTime(job.createdAt),
    lastAttemptAt: timeOrNull(context?.lastAttemptAt),
    nextAttemptAt: timeOrNull(context?.dueAt),
    verifiedAt: timeOrNull(context?.verifiedAt),
    cleanedAt: timeOrNull(context?.cleanedAt),
    nasPath: job.nasPath,
    files: job.files,
    bytes: job.bytes,
    lastError: context?.lastError == null ? null : { ...context.lastError, at: isoTime(context.lastError.at) },
  };
}

/** How far a job is to come. */
export type Until = 'verified' | 'cleaned';

/** Nothing moves it at once: it is done, waits for a person, or (unless `patient`) for a later time. */
export function isAtRest(
  view: JobView,
  now: number,
  { patient, until }: { readonly patient: boolean; readonly until: Until },
): boolean {
  if (REST_STATES[until].has(view.state)) return true;
  if (view.waitingFor.some((wait) => NOT_BY_ITSELF.has(wait.name))) return true;
  if (patient) return false;
  const later = view.nextAttemptAt !== null && Date.parse(view.nextAttemptAt) > now;
  return later || view.waitingFor.some((wait) => wait.until !== null && Date.parse(wait.until) > now);
}

const REST_STATES: Readonly<Record<Until, ReadonlySet<JobState>>> = {
  verified: new Set(['verified', 'cleanup_eligible', 'cleaned', 'failed']),
  cleaned: new Set(['cleaned', 'failed']),
};
const NOT_BY_ITSELF: ReadonlySet<string> = new Set([
  'snapshot_readable',
  'equipment_configured',
  'cleanup_enabled',
  'record_agrees',
  'not_empty',
]);

/** What the job itself waits for, and what keeps the scheduler from it. */
function waitsOf(job: Job, around: Surroundings): readonly WaitingFor[] {
  const own = job.context?.waitingFor ?? [];
  if (job.setAside !== null)
    return [...own, unmet('snapshot_readable', job.setAside, 'a snapshot that this release reads')];
  if (job.state === 'cleaned' || job.state === 'failed') return own;
  const { equipmentId } = job;
  if (!around.isConfigured(equipmentId)) {
    return [
      ...own,
      unmet('equipment_configured', `${equipmentId} is not in the config`, `equipment ${equipmentId} in the config`),
    ];
  }
  const closed = job.context?.dueAt == null ? null : around.laneClosed(equipmentId);
  return closed === null ? own : [...own.filter((wait) => wait.name !== closed.name), closed];
}

const unmet = (name: string, measured: string, required: string): WaitingFor => ({
  name,
  ok: false,
  measured,
  required,
  until: null,
});

export const journalView = (entry: JournalEntry): JournalView => ({
  seq: entry.seq,
  at: isoTime(entry.at),
  event: entry.event,
  from: entry.from,
  to: entry.to,
  detail: entry.detail,
});

export const blockedView = (runPath: string, blockingFindings: readonly Finding[]): BlockedView => ({
  jobId: '',
  runPath,
  state: 'blocked',
  blockingFindings,
});
