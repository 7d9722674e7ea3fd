import type { Finding, JobView } from '../../index.js';
import { bothTimes } from '../text/format.js';
import { isBlocked, troublesOf, type AnyJob } from './job-status.js';

/** Why a job is not where it should be, one line a reason; with `all`, what time brings too. Not yet safe to print. */
export function reasonsOf(job: AnyJob, nowMs: number, { all = false }: { all?: boolean } = {}): string[] {
  if (isBlocked(job)) return job.blockingFindings.map((finding) => `${findingLine(finding)} [${finding.rule}]`);
  if (job.state === 'failed') return [errorLine(job) ?? 'no reason is known'];
  const waits = all ? job.waitingFor.filter(({ ok }) => !ok) : troublesOf(job);
  const troubles = waits.map((wait) => wait.measured);
  const error = job.waitingFor.some((wait) => wait.name === 'backoff') ? errorLine(job) : null;
  const reasons = error === null ? troubles : [error, ...troubles];
  if (reasons.length === 0 && !all) return [];
  return withNext(reasons, nextLine(job, nowMs));
}

function withNext(reasons: readonly string[], next: string | null): string[] {
  if (next !== null) return [...reasons, next];
  return reasons.length > 0 ? [...reasons] : ['nothing is known that it waits for'];
}

export const findingLine = ({ subject, message }: Finding): string =>
  message.includes(subject) ? message : `${subject}: ${message}`;

const errorLine = ({ lastError }: JobView): string | null =>
  lastError === null ? null : `${lastError.kind}: ${lastError.message}`;

function nextLine({ nextAttemptAt }: JobView, nowMs: number): string | null {
  return nextAttemptAt === null ? null : `next attempt ${bothTimes(Date.parse(nextAttemptAt), nowMs)}`;
}
