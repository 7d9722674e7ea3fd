import { StringDecoder } from 'node:string_decoder';

/** A line of a tool that never ends must not fill our memory. */
const LONGEST_LINE = 1024 * 1024;

/** Cuts a tool's output into lines at LF and CR; empty ones are left out, and one that is too long is cut off. */
export class LineReader {
  readonly #decoder = new StringDecoder('utf8');
  readonly #onLine: (line: string) => void;
  #rest = '';

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  push(chunk: Buffer): void {
    const lines = (this.#rest + this.#decoder.write(chunk)).split(/[\r\n]/u);
    this.#rest = (lines.pop() ?? '').slice(0, LONGEST_LINE);
    for (const line of lines) this.#tell(line);
  }

  end(): void {
    this.#tell(this.#rest + this.#decoder.end());
    this.#rest = '';
  }

  #tell(line: string): void {
    if (line !== '') this.#onLine(line);
  }
}
