import { hostname } from 'node:os';
import { bayOf, type Bay, type Engine } from '../engine/engine.js';
import { ownVersion } from '../engine/package-version.js';
import { NasSyncError } from '../errors.js';
import type { JobContext, ProofSummary } from '../machines/job-types.js';
import type { Job } from '../persistence/job.js';
import { manifestSha256Of } from '../run/manifest.js';
import { printable } from '../run/printable.js';
import { readRecord } from '../run/record/record.js';
import { shapeSha256 } from '../run/tree-structure.js';
import { compose } from './compose-document.js';
import { sealed, type ProofDocument } from './document.js';

/**
 * The job's proof as a document that stands alone.
 * @throws NasSyncError `not_allowed` where nothing proves what the run holds now, `job_busy` where a pass is just made
 */
export async function proofOf(engine: Engine, job: Job): Promise<ProofDocument> {
  const { store, clock } = engine;
  const config = { ...engine.config, nasCleanup: engine.policies.inForce(job.equipmentId) };
  const { context, proof } = requireProven(job);
  const bay = bayOf(engine, job.equipmentId);
  const [passes, contents, journal, removed, token] = await Promise.all([
    store.proofs.passes(job.jobId),
    store.proofs.newest(job.jobId),
    store.jobs.journal(job.jobId),
    store.removals.list(job.jobId),
    requireToken(engine, job, bay),
  ]);
  if (contents?.proof.proofId !== proof.proofId) {
    throw new NasSyncError('job_busy', `${printable(job.runPath)} was proven anew this moment; ask again`);
  }
  if (manifestSha256Of(contents.files, contents.shape) !== contents.proof.manifestSha256) {
    throw new NasSyncError(
      'not_allowed',
      `the stored proof of ${printable(job.runPath)} is damaged: what it names is not what the pass sealed; \`nas-sync doctor\` looks at the queue, and \`nas-sync verify\` compares the run with the NAS`,
    );
  }
  if (shapeSha256(contents.shape) !== contents.proof.shapeSha256) {
    throw new NasSyncError(
      'not_allowed',
      `${printable(job.runPath)} was proven by a release that did not keep its links and folders; make another pass, then ask again`,
    );
  }
  const runId = await ownRunId(job.runPath);
  const by = { program: 'nas-sync', version: ownVersion(), host: hostname(), at: clock.now() };
  return sealed(compose({ job, context, bay, token, runId, by, passes, contents, journal, removed, config }));
}

function requireProven(job: Job): { context: JobContext; proof: ProofSummary } {
  const { context } = job;
  if (context === null) {
    throw new NasSyncError(
      'job_set_aside',
      `the stored state of ${printable(job.runPath)} cannot be read; update nas-sync`,
    );
  }
  if (context.proof !== null) return { context, proof: context.proof };
  const remedy = job.state === 'failed' ? '`nas-sync retry` once its cause is fixed' : '`nas-sync run` brings it on';
  throw new NasSyncError(
    'not_allowed',
    `${printable(job.runPath)} is ${job.state}, and no pass has proven what it holds now, so there is no proof; ${remedy}`,
  );
}

async function requireToken({ store }: Engine, { runPath }: Job, { transport }: Bay): Promise<string> {
  const token = await store.targets.tokenOf(transport.place);
  if (token !== null) return token;
  throw new NasSyncError(
    'not_allowed',
    `${printable(runPath)} was proven on another target than ${printable(transport.place)}, which was never met; put the transport right in the config`,
  );
}

/** A cleaned run may have left with its record. */
async function ownRunId(runPath: string): Promise<string | null> {
  try {
    return (await readRecord(runPath)).runId;
  } catch (error) {
    if (error instanceof NasSyncError) return null;
    throw error;
  }
}
