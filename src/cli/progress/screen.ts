import { createLogUpdate } from 'log-update';

/** The one writer to stderr while work goes on: lines that stay and, on a terminal, a drawing below them. */
export class Screen {
  readonly #stream: NodeJS.WriteStream;
  readonly #update: ReturnType<typeof createLogUpdate> | null;
  #drawn: string[] = [];

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
    // A hidden cursor would stay hidden after a crash.
    this.#update = stream.isTTY ? createLogUpdate(stream, { showCursor: true }) : null;
  }

  get draws(): boolean {
    return this.#update !== null;
  }

  /** One column is left free: some terminals go to the next line as soon as the last one is written. */
  get width(): number {
    return Math.max(1, (this.#stream.columns || 80) - 1);
  }

  line(text: string): void {
    const drawn = this.#drawn;
    this.draw([]);
    this.#stream.write(`${text}\n`);
    this.draw(drawn);
  }

  draw(lines: string[]): void {
    const wasEmpty = this.#drawn.length === 0;
    this.#drawn = lines;
    if (lines.length > 0) this.#update?.(lines.join('\n'));
    else if (!wasEmpty) this.#update?.clear();
  }
}
