import type { NasSyncClient, SyncJobHandle } from '../index.js';
import { forEachRun } from './for-each-run.js';
import { jobsById } from './lookup.js';
import type { Session } from './session.js';
import { overrideCommandsFor } from './views/gate-report.js';
import type { AnyJob } from './views/job-status.js';
import { findingLine } from './views/reasons.js';

export interface Enqueued {
  /** Each run once, in the order given, whatever it was called. */
  readonly handles: readonly SyncJobHandle[];
  /** The exit statuses of runs that could not even be judged. */
  readonly errors: readonly number[];
}

export async function enqueueAll(session: Session, client: NasSyncClient, runs: readonly string[]): Promise<Enqueued> {
  const handles = new Map<string, SyncJobHandle>();
  const errors = await forEachRun(session, runs, async (run) => {
    const handle = await client.enqueue(run);
    handles.set(handle.runPath, handle);
  });
  for (const handle of handles.values()) if (handle.state === 'blocked') sayBlocked(session, handle);
  return { handles: [...handles.values()], errors };
}

function sayBlocked(session: Session, { runPath, blockingFindings }: SyncJobHandle): void {
  const [first, ...others] = blockingFindings;
  const why = first === undefined ? 'no reason was given' : findingLine(first);
  const more = others.length === 0 ? '' : ` … and ${others.length} more`;
  const commands = overrideCommandsFor(runPath, blockingFindings).map((command) => `\`${command}\``);
  const pass = commands.length === 0 ? '' : `; to let it pass all the same: ${commands.join(', ')}`;
  session.complain(`${runPath} is refused by the gate: ${why}${more}${pass}`);
}

export const jobIdsOf = ({ handles }: Enqueued): string[] =>
  handles.filter((handle) => handle.state !== 'blocked').map((handle) => handle.jobId);

/** What became of each run, in the order given. */
export async function outcomesOf(client: NasSyncClient, enqueued: Enqueued): Promise<AnyJob[]> {
  const jobs = new Map((await jobsById(client, jobIdsOf(enqueued))).map((job) => [job.jobId, job]));
  return enqueued.handles.flatMap((handle): AnyJob[] => {
    const { jobId, runPath, state, blockingFindings } = handle;
    if (state === 'blocked') return [{ jobId: '', runPath, state, blockingFindings }];
    const job = jobs.get(jobId);
    return job === undefined ? [] : [job];
  });
}
