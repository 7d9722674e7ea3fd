import { overrideCommand } from '../gate/finding-classes.js';
import type { Finding } from '../gate/validator.js';
import { knownEvents } from '../machines/accepted-events.js';
import type { JobEventType } from '../machines/job-types.js';
import type { Job } from '../persistence/job.js';
import { shellWord } from '../run/shell-quote.js';
import type { JobView } from './job-view.js';

/** An event that the present state knows. */
export interface NextEvent {
  readonly event: string;
  /** It could happen now. */
  readonly possible: boolean;
  /** What stands in its way, and what would clear it; `null` where nothing does. */
  readonly blockedBy: string | null;
}

const nextEvent = (event: string, blockedBy: string | null): NextEvent => ({
  event,
  possible: blockedBy === null,
  blockedBy,
});

export function nextOfJob(job: Job, view: JobView, now: number, inTheWay: string | null): NextEvent[] {
  const events = knownEvents(job.state, job.phase).filter((event) => !WORDS_ONLY.has(event));
  if (job.setAside !== null) return events.map((event) => nextEvent(event, job.setAside));
  return events.map((event) => nextEvent(event, blockedBy(event, job, { view, now, inTheWay })));
}

/** They say what is waited for, and move nothing. */
const WORDS_ONLY: ReadonlySet<JobEventType> = new Set(['interlocks.unmet', 'cleanup.disabled']);
/** They come when the job is due. */
const BY_ITSELF: ReadonlySet<JobEventType> = new Set(['claimed', 'pass.due', 'cleanup.scheduled']);

interface Around {
  readonly view: JobView;
  readonly now: number;
  readonly inTheWay: string | null;
}

function blockedBy(event: JobEventType, { state, runPath }: Job, { view, now, inTheWay }: Around): string | null {
  if (BY_ITSELF.has(event)) return claimBlockedBy(view, now, inTheWay);
  if (state === 'cleaned' && event === 'run.changed') {
    return `\`nas-sync restore ${shellWord(runPath)}\` brings the whole run back first; then enqueue it`;
  }
  return null;
}

function claimBlockedBy({ waitingFor, nextAttemptAt }: JobView, now: number, inTheWay: string | null): string | null {
  const unmet = waitingFor.find((wait) => !wait.ok && (wait.until === null || Date.parse(wait.until) > now));
  if (unmet !== undefined) return `${unmet.measured} (needed: ${unmet.required})`;
  if (nextAttemptAt !== null && Date.parse(nextAttemptAt) > now) return `it is not due before ${nextAttemptAt}`;
  return inTheWay === null ? null : `its equipment is at work on ${inTheWay}`;
}

/** One entry for each class that refuses the run, with what clears it; the run is queued when there is none left. */
export function nextOfRefused(runPath: string, blocking: readonly Finding[]): NextEvent[] {
  const rules = [...new Set(blocking.map(({ rule }) => rule))];
  if (rules.length === 0) return [nextEvent('enqueued', null)];
  return rules.map((rule) =>
    nextEvent(
      'enqueued',
      obstacle(
        runPath,
        rule,
        blocking.filter((finding) => finding.rule === rule),
      ),
    ),
  );
}

function obstacle(runPath: string, rule: string, findings: readonly Finding[]): string {
  const [first] = findings;
  const others = findings.length === 1 ? '' : ` (and ${findings.length - 1} more)`;
  const said = `${rule}: ${first?.message ?? ''}${others}`;
  const command = overrideCommand(runPath, rule);
  return command === null ? said : `${said}; or let this class pass for this run: \`${command}\``;
}
