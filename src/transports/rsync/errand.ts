import type { ToolRun } from '../../errors.js';
import type { ToolCall } from '../process/process-runner.js';

/** What goes over the connection: all of a {@link ToolCall} but the program. */
export type Errand = Omit<ToolCall, 'tool' | 'args'>;

export interface ErrandResult {
  readonly run: ToolRun;
  /** What it wrote to stderr, the first lines of it. */
  readonly lines: readonly string[];
}
