import type { Socket } from 'node:net';

interface Held {
  readonly due: number;
  /** Null is the end of the stream. */
  readonly chunk: Buffer | null;
}

/** What may be under way at once: more than a fast link takes within any delay that a test asks for. */
const MOST_HELD_BYTES = 32 * 1024 * 1024;

/** What may be under way while the other side takes nothing: whoever sends must notice that, too. */
const MOST_HELD_BACK_BYTES = 1024 * 1024;

/** One direction of a connection: what comes in goes out so much later, as fast as it came. */
export class HeldDirection {
  readonly #from: Socket;
  readonly #to: Socket;
  readonly #delayMs: number;
  readonly #onSent: (bytes: number) => void;
  readonly #queue: Held[] = [];
  #heldBytes = 0;
  #timer: NodeJS.Timeout | null = null;
  #isFull = false;
  #isStalled = false;

  constructor(from: Socket, to: Socket, delayMs: number, onSent: (bytes: number) => void = () => undefined) {
    this.#from = from;
    this.#to = to;
    this.#delayMs = delayMs;
    this.#onSent = onSent;
    from.on('data', (chunk) => this.#hold(chunk)).on('end', () => this.#hold(null));
    from.on('close', (hadError) => this.#close(hadError));
    to.on('drain', () => {
      this.#isFull = false;
      this.#pass();
    });
  }

  stall(): void {
    this.#isStalled = true;
    this.#from.pause();
  }

  flow(): void {
    this.#isStalled = false;
    this.#pass();
  }

  #hold(chunk: Buffer | null): void {
    this.#queue.push({ due: performance.now() + this.#delayMs, chunk });
    this.#heldBytes += chunk?.length ?? 0;
    this.#pass();
    if (!this.#hasRoom()) this.#from.pause();
  }

  #pass(): void {
    while (this.#mayPass() && this.#queue[0]!.due <= performance.now()) this.#send(this.#queue.shift()!);
    if (!this.#isStalled && this.#hasRoom()) this.#from.resume();
    if (this.#mayPass()) this.#wakeAt(this.#queue[0]!.due);
  }

  #mayPass(): boolean {
    return this.#queue.length > 0 && !this.#isStalled && !this.#isFull && !this.#to.destroyed;
  }

  #hasRoom(): boolean {
    return this.#heldBytes < (this.#isFull ? MOST_HELD_BACK_BYTES : MOST_HELD_BYTES);
  }

  #send({ chunk }: Held): void {
    if (chunk === null) {
      this.#to.end();
      return;
    }
    this.#heldBytes -= chunk.length;
    this.#isFull = !this.#to.write(chunk, (error) => {
      if (error == null) this.#onSent(chunk.length);
    });
  }

  #wakeAt(due: number): void {
    this.#timer ??= setTimeout(
      () => {
        this.#timer = null;
        this.#pass();
      },
      Math.max(0, due - performance.now()),
    );
  }

  /** Whoever is cut off takes the other side along; who has ended properly lets what is held arrive. */
  #close(hadError: boolean): void {
    if (hadError || !this.#from.readableEnded) this.#to.destroy();
  }
}
