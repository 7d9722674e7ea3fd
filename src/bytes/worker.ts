import { placeFile } from './copy-file.js';
import { hashLocal, hashTarget } from './hash-file.js';
import { SideError, type FileDone, type FileOutcome, type HashTask, type PlaceTask } from './tasks.js';
import { Control } from './worker-control.js';

/** What a worker thread is given: some files, and the memory it shares with the one who waits. */
export interface Batch<T> {
  readonly tasks: readonly T[];
  readonly control: SharedArrayBuffer;
}

export const placeFiles = (batch: Batch<PlaceTask>): FileOutcome[] => each(batch, placeFile);
export const hashLocalFiles = (batch: Batch<HashTask>): FileOutcome[] => each(batch, hashLocal);
export const hashTargetFiles = (batch: Batch<HashTask>): FileOutcome[] => each(batch, hashTarget);

/** Ends at the first failure: it is the whole work's failure. */
function each<T extends { readonly index: number }>(
  batch: Batch<T>,
  act: (task: T, control: Control) => FileDone,
): FileOutcome[] {
  const control = new Control(batch.control);
  const outcomes: FileOutcome[] = [];
  for (const task of batch.tasks) {
    control.beginFile(task.index);
    try {
      outcomes.push(act(task, control));
    } catch (error) {
      if (!(error instanceof SideError)) throw error;
      const { side, code, message } = error;
      outcomes.push({ index: task.index, ok: false, side, code, message });
      return outcomes;
    }
    control.endFile();
    if (control.stopped) return outcomes;
  }
  return outcomes;
}
