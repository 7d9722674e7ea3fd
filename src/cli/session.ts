import { printable } from '../index.js';
import { Screen } from './progress/screen.js';
import { paintFor, type Paint } from './text/style.js';

/** What may be said before and after the command's name. */
export interface GlobalOptions {
  readonly config?: string;
  readonly db?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly color: boolean;
}

/** The outside of a command: its options, its two streams, and the wish to stop. */
export class Session {
  readonly options: GlobalOptions;
  readonly signal: AbortSignal;
  readonly screen = new Screen(process.stderr);
  readonly paint: Paint;

  constructor(options: GlobalOptions, signal: AbortSignal) {
    this.options = options;
    this.signal = signal;
    this.paint = paintFor(process.stdout, options.color, process.env);
  }

  get json(): boolean {
    return this.options.json === true;
  }

  get quiet(): boolean {
    return this.options.quiet === true;
  }

  /** The result: with `--json` the document, else lines for people. */
  answer(document: unknown, lines: () => readonly string[]): void {
    const text = this.json ? JSON.stringify(document, null, 2) : lines().join('\n');
    if (text !== '') process.stdout.write(`${text}\n`);
  }

  /** What helps a person on, and nobody needs. */
  hint(text: string): void {
    if (!this.quiet) this.screen.line(printable(text));
  }

  /** What went wrong, in one line. */
  complain(text: string): void {
    this.screen.line(`nas-sync: ${printable(text)}`);
  }
}
