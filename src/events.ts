/** What the engine tells while it works. A closed union: hosts may switch over `type`. Times are ms since the epoch. */
export type EngineEvent =
  | {
      readonly type: 'transition';
      readonly at: number;
      readonly jobId: string;
      readonly runPath: string;
      readonly equipmentId: string;
      /** The machine's event, and the places it led between: `awaiting_verify.verifying`. */
      readonly event: string;
      readonly from: string;
      readonly to: string;
      readonly state: string;
      /** Why it waits or failed, in words, or `null`. */
      readonly because: string | null;
    }
  | {
      readonly type: 'work.started';
      readonly at: number;
      readonly jobId: string;
      readonly runPath: string;
      readonly equipmentId: string;
      readonly phase: WorkPhase;
      readonly totalFiles: number;
      readonly totalBytes: number;
    }
  | {
      readonly type: 'work.progress';
      readonly at: number;
      readonly jobId: string;
      readonly files: number;
      readonly bytes: number;
      readonly currentFile: string | null;
    }
  | { readonly type: 'work.ended'; readonly at: number; readonly jobId: string }
  | {
      readonly type: 'lane';
      readonly at: number;
      readonly equipmentId: string;
      readonly state: 'idle' | 'working' | 'closed';
      /** What a closed lane waits for. */
      readonly because: string | null;
    }
  | {
      /** The configured cleanup policy permits more than what was accepted; until that is accepted, the stricter counts. */
      readonly type: 'policy.loosened';
      readonly at: number;
      readonly equipmentId: string;
      readonly changes: readonly PolicyChange[];
    }
  | {
      readonly type: 'policy.accepted';
      readonly at: number;
      readonly equipmentId: string;
      readonly changes: readonly PolicyChange[];
      readonly operator: string;
      readonly reason: string | null;
    };

/** A setting of the cleanup policy, as it was accepted and as it is configured: `nas_cleanup.min_age_hours`, 24, 0. */
export interface PolicyChange {
  readonly setting: string;
  readonly accepted: string | number | boolean;
  readonly configured: string | number | boolean;
}

export type WorkPhase = 'push' | 'verify' | 'clean' | 'restore';

type Listener = (event: EngineEvent) => void;

/** Tells every listener in turn; a listener that throws harms neither the engine nor the other listeners. */
export class EventBus {
  readonly #listeners = new Set<Listener>();

  subscribe(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  emit(event: EngineEvent): void {
    for (const listener of this.#listeners) {
      try {
        listener(event);
      } catch (error) {
        queueMicrotask(() => {
          process.emitWarning(error instanceof Error ? error : String(error));
        });
      }
    }
  }
}
