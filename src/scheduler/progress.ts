import type { WorkPhase } from '../events.js';
import type { TransferProgress } from '../transports/transport.js';
import type { WorkOrder } from './work.js';

/** Announces a stage, and returns what its progress is told to. */
export function reporter(
  { job, engine }: Pick<WorkOrder, 'job' | 'engine'>,
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
