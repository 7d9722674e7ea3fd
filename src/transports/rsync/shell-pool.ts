import { PassThrough } from 'node:stream';
import type { ToolRun } from '../../errors.js';
import { LineReader } from '../process/line-reader.js';
import type { Running, Toolbox } from '../process/process-runner.js';
import { commandLine } from '../process/redact.js';
import type { Errand } from './remote.js';
import { scriptLine, WAITING_SHELL } from './shell-command.js';
import { ANY_HOST, sharedArguments } from './ssh-options.js';

/** After that, what was started ahead is not worth a process on the server any more. */
const IDLE_MS = 10_000;

/** Chunks of output that nobody has asked for: a login script's few words are one. */
const MOST_EARLY = 16;

/** A script for the server's `sh`, and its `$1`, `$2`, … */
export interface Script {
  readonly script: string;
  readonly args: readonly string[];
}

/** What is told of a script; its standard input is a text or bytes. */
export type ScriptErrand = Omit<Errand, 'input' | 'target' | 'env'> & { readonly input?: string | Uint8Array };

/** One to use, and what is still on its way meanwhile. */
const SPARES = 3;

/**
 * Shells over one connection. To open one takes a round trip, and to use it another: the next ones are opened while
 * the last is in use. Where the server lets in no second one beside it, none is opened ahead.
 */
export class SpareShells {
  readonly #tools: Toolbox;
  readonly #socket: string;
  readonly #spares: Shell[] = [];
  #oneAtATime = false;

  constructor(tools: Toolbox, socket: string) {
    this.#tools = tools;
    this.#socket = socket;
  }

  async run(script: Script, errand: ScriptErrand): Promise<ToolRun> {
    const shell = this.#spare() ?? (await Shell.open(this.#tools, this.#socket));
    const done = shell.run(script, errand);
    done.catch(() => undefined);
    while (this.#spares.length < SPARES && !this.#oneAtATime) {
      const next = await Shell.open(this.#tools, this.#socket).catch(() => null);
      // Closed meanwhile: whoever needs a shell learns of it.
      if (next === null) break;
      next.idle(() => this.#haveNone());
      this.#spares.push(next);
    }
    return done;
  }

  #haveNone(): void {
    this.#oneAtATime = true;
    for (const spare of this.#spares.splice(0)) spare.leave();
  }

  #spare(): Shell | null {
    for (let shell = this.#spares.shift(); shell !== undefined; shell = this.#spares.shift()) {
      if (shell.take()) return shell;
    }
    return null;
  }
}

/** An `sh` on the server that waits to be told what to do. */
class Shell {
  readonly #input = new PassThrough();
  readonly #abort = new AbortController();
  readonly #openedAt = performance.now();
  #running: Running | null = null;
  #timer: NodeJS.Timeout | null = null;
  #errand: ScriptErrand | null = null;
  #usedAt = 0;
  #heard = false;
  #over = false;
  /** What a login script printed before the shell was used: it must be noticed then. */
  readonly #early: Buffer[] = [];
  #out: (chunk: Buffer) => void = (chunk) => {
    if (this.#early.length < MOST_EARLY) this.#early.push(chunk);
  };

  static async open(tools: Toolbox, socket: string): Promise<Shell> {
    const shell = new Shell();
    shell.#input.on('error', () => undefined);
    shell.#running = await tools.start({
      tool: 'ssh',
      args: [...sharedArguments(socket), ANY_HOST, WAITING_SHELL],
      input: shell.#input,
      target: '',
      signal: shell.#abort.signal,
      silenceMs: () => shell.#silenceMs(),
      onChunk: (chunk) => shell.#hear(() => shell.#out(chunk)),
      onErr: (line) => shell.#hear(() => shell.#errand?.onErr?.(line)),
    });
    const over = (): unknown => (shell.#over = true);
    shell.#running.done.then(over, over);
    return shell;
  }

  /** Waits for an errand for a while. */
  idle(onRefused: () => void): void {
    this.#timer = setTimeout(() => this.leave(), IDLE_MS).unref();
    this.#running?.done.then(
      (run) => {
        if (this.#errand === null && run.exitCode !== 0) onRefused();
      },
      () => undefined,
    );
  }

  /** Ends without having done anything. */
  leave(): void {
    this.#input.end();
  }

  /** `false`: it has ended meanwhile. */
  take(): boolean {
    if (this.#timer !== null) clearTimeout(this.#timer);
    return !this.#over && !this.#input.writableEnded;
  }

  async run({ script, args }: Script, errand: ScriptErrand): Promise<ToolRun> {
    if (this.#running === null) throw new Error('not opened');
    const { signal, input = '', onChunk, onOut } = errand;
    this.#errand = errand;
    this.#usedAt = performance.now();
    const lines = new LineReader((line) => onOut?.(line));
    this.#out = onChunk ?? ((chunk) => lines.push(chunk));
    for (const chunk of this.#early.splice(0)) this.#out(chunk);
    const stop = (): void => this.#abort.abort(signal.reason);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    const line = scriptLine(script, args);
    this.#input.write(line);
    this.#input.end(input);
    try {
      const run = await this.#running.done;
      lines.end();
      const command = commandLine('ssh', [ANY_HOST, line.trimEnd()], []);
      return { ...run, command, ms: Math.round(performance.now() - this.#usedAt) };
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  #hear(tell: () => void): void {
    this.#heard = true;
    tell();
  }

  /** The time before it was used is nobody's silence. */
  #silenceMs(): number {
    if (this.#errand === null) return Infinity;
    return this.#errand.silenceMs() + (this.#heard ? 0 : this.#usedAt - this.#openedAt);
  }
}
