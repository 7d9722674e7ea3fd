import type { WorkPhase } from '../events.js';
import type { Job } from '../persistence/job.js';
import type { TransferProgress } from '../transports/transport.js';
import type { Engine } from './engine.js';

/** Announces a stage, and returns what its progress is told to. */
export function reporter(
  { job, engine }: { readonly job: Pick<Job, 'jobId' | 'runPath' | 'equipmentId'>; readonly engine: Engine },
  phase: WorkPhase,
  total: { readonly files: number; readonly bytes: number },
): (progress: TransferProgress) => void {
  const { jobId, runPath, equipmentId } = job;
  engine.events.emit({
    type: 'work.started',
    at: engine.clock.now(),
    jobId,
    runPath,
    equipmentId,
    phase,
    totalFiles: total.files,
    totalBytes: total.bytes,
  });
  return ({ files, bytes, currentFile }) =>
    engine.events.emit({ type: 'work.progress', at: engine.clock.now(), jobId, files, bytes, currentFile });
}
