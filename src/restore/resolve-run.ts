import { placeOf } from '../config/equipment.js';
import { bayOf, type Bay, type Engine } from '../engine/engine.js';
import { NasSyncError } from '../errors.js';
import { placeName, type Job } from '../persistence/job.js';
import { printable } from '../run/printable.js';
import { realWay } from './real-path.js';

/** A run that is to come back, whether or not anything of it is left here. */
export interface RunToRestore {
  readonly runPath: string;
  readonly targetPath: string;
  readonly bay: Bay;
  /** `null` where the queue does not know the run, as after the loss of the workstation's disk. */
  readonly job: Job | null;
}

/** Where nothing of the engine's is under way that counts on the local files, or changes the copy. */
const AT_REST: ReadonlySet<string> = new Set(['verified', 'cleanup_eligible.waiting', 'cleaned', 'failed']);

/** @throws NasSyncError `job_busy`, `run_outside_roots`, `not_configured` */
export async function runToRestore(engine: Engine, jobIdOrRunPath: string): Promise<RunToRestore> {
  const real = await realWay(jobIdOrRunPath);
  const job = (await engine.store.jobs.find(jobIdOrRunPath)) ?? (await engine.store.jobs.find(real));
  if (job === null) {
    const { equipment, relativePath } = placeOf(engine.config, real);
    return { runPath: real, targetPath: relativePath, bay: bayOf(engine, equipment.id), job: null };
  }
  requireAtRest(job);
  return { runPath: job.runPath, targetPath: job.targetPath, bay: bayOf(engine, job.equipmentId), job };
}

function requireAtRest(job: Job): void {
  const place = placeName(job.state, job.phase);
  if (job.leaseOwner === null && AT_REST.has(place)) return;
  throw new NasSyncError(
    'job_busy',
    `${printable(job.runPath)} is ${place}, so its files are here and its copy may still change; restore it when it rests, or cancel its job first`,
  );
}
