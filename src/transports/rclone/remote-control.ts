import { randomUUID } from 'node:crypto';
import type { LogLine } from './log.js';

const ASK_MS = 1000;
const PATIENCE_MS = 5000;
const SERVING = /^Serving remote control on (?<url>http:\/\/127\.0\.0\.1:\d+\/)/u;

/** `--bwlimit`, and what remote control calls rate. In bytes: a small cap in KiB/s would be rounded away. */
export const rateOf = (capKiBps: number | null): string =>
  capKiBps === null ? 'off' : `${Math.max(1, Math.round(capKiBps * 1024))}B`;

/** Gives a running rclone the cap that holds now, so that it need not start over at the edge of a window. */
export class RemoteControl {
  readonly #password = randomUUID();
  readonly #capKiBps: () => number | null;
  readonly #timer: NodeJS.Timeout;
  #url: string | null = null;
  #rate: string;

  constructor(capKiBps: () => number | null) {
    this.#capKiBps = capKiBps;
    this.#rate = rateOf(capKiBps());
    this.#timer = setInterval(() => void this.#adjust(), ASK_MS);
  }

  /** Port 0: the system gives one that is free, and the log says which. */
  get args(): readonly string[] {
    return ['--bwlimit', this.#rate, '--rc', '--rc-addr', '127.0.0.1:0'];
  }

  /** Not in the arguments: every user of this machine may read those. */
  get env(): Readonly<Record<string, string>> {
    return { RCLONE_RC_USER: 'nas-sync', RCLONE_RC_PASS: this.#password };
  }

  hear({ message }: LogLine): void {
    this.#url ??= SERVING.exec(message)?.groups?.['url'] ?? null;
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async #adjust(): Promise<void> {
    const rate = rateOf(this.#capKiBps());
    if (rate === this.#rate || this.#url === null) return;
    const accepted = await fetch(`${this.#url}core/bwlimit`, {
      method: 'POST',
      headers: {
        authorization: `Basic ${Buffer.from(`nas-sync:${this.#password}`).toString('base64')}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify({ rate }),
      signal: AbortSignal.timeout(PATIENCE_MS),
    }).catch(() => null);
    // Asked again in a second: it may have ended meanwhile, or be too busy to answer.
    if (accepted?.ok === true) this.#rate = rate;
  }
}
