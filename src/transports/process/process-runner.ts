import type { Readable } from 'node:stream';
import { execa } from 'execa';
import { NasSyncError, systemCode, type ToolRun } from '../../errors.js';
import { endGroup, signalGroup } from './kill-process-group.js';
import { LineReader } from './line-reader.js';
import { markFor, type Purpose } from './orphans.js';
import { commandLine, said } from './redact.js';
import { toolEnvironment } from './tool-environment.js';

const TAIL_LINES = 20;
const LOOK_MS = 250;

export interface ToolCall {
  /** A program, looked up in the PATH. */
  readonly tool: string;
  readonly args: readonly string[];
  /** Added to the tool's environment, which holds little else. Never logged. */
  readonly env?: Readonly<Record<string, string>>;
  /** What it reads from its standard input; else that is empty. */
  readonly input?: string | Uint8Array | Readable;
  /** The place on the target that it works on, relative to the transport's; `''`: none in particular. */
  readonly target: string;
  readonly signal: AbortSignal;
  /** It says nothing for so long: it is ended, and the call fails with `timeout`. Asked again while it runs. */
  readonly silenceMs: () => number;
  /** Texts that no log may hold. */
  readonly secrets?: readonly string[];
  /** Each line of its output, as it comes. What it throws ends the tool, and the call. */
  readonly onOut?: (line: string) => void;
  readonly onErr?: (line: string) => void;
  /** Raw output instead of lines. */
  readonly onChunk?: (chunk: Buffer) => void;
  /** What is a sign of life; by default, any output is. */
  readonly isLife?: (line: string) => boolean;
}

/** A tool at work. */
export interface Running {
  readonly pid: number;
  /** How it went, whatever came of it. @throws NasSyncError `timeout`; the signal's reason */
  readonly done: Promise<ToolRun>;
  /** Ends it and all that it started; resolves when nothing of it is left. */
  end(): Promise<void>;
}

/** Whoever leaves in a hurry takes all tools along. */
const live = new Set<number>();
process.on('exit', () => {
  for (const pid of live) signalGroup(pid, 'SIGKILL');
});

/**
 * The one place that starts programs. Each runs in a process group of its own, without a shell, with an empty standard
 * input unless given one, and is gone when its call is over, however it ends.
 */
export class Toolbox {
  readonly #place: string;
  readonly #queueId: string;
  readonly #running = new Set<Running>();
  #closed = false;

  /** @param purpose the transport's; tools are known by it to whoever clears up after a crash */
  constructor({ place, queueId }: Purpose) {
    this.#place = place;
    this.#queueId = queueId;
  }

  /** What a tool on this place of the target works for. */
  purposeAt(target: string): Purpose {
    return { place: target === '' ? '' : `${this.#place}/${target}`, queueId: this.#queueId };
  }

  /** Runs a program to its end. A non-zero exit is a result like any other. */
  async run(call: ToolCall): Promise<ToolRun> {
    return (await this.start(call)).done;
  }

  /** @throws NasSyncError `tool_missing`, `closed`; the signal's reason */
  async start(call: ToolCall): Promise<Running> {
    call.signal.throwIfAborted();
    if (this.#closed) throw new NasSyncError('closed', `the transport of ${this.#place} is closed`);
    const began = performance.now();
    const child = this.#spawn(call);
    const { pid } = child;
    if (pid === undefined) throw toolMissing(call.tool, (await child).cause);
    live.add(pid);
    const watch = watchOver(call);
    const ears = listen(call, watch);
    child.stderr.on('data', (chunk: Buffer) => ears.err(chunk));
    child.stdout.on('data', (chunk: Buffer) => ears.out(chunk));
    const ended = child.then(({ exitCode, signal }): ToolRun => {
      live.delete(pid);
      return {
        tool: call.tool,
        command: commandLine(call.tool, call.args, call.secrets ?? []),
        exitCode: exitCode ?? null,
        signal: signal ?? null,
        ms: Math.round(performance.now() - began),
        tail: ears.end(),
      };
    });
    const end = () => endGroup(pid, ended);
    const running: Running = { pid, end, done: settle(ended, watch, end, call) };
    this.#running.add(running);
    void ended.finally(() => this.#running.delete(running));
    running.done.catch(() => undefined);
    return running;
  }

  /** Ends everything. Idempotent. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#running].map((running) => running.end()));
  }

  #spawn({ tool, args, env, input, target }: ToolCall) {
    return execa(tool, [...args], {
      env: { ...toolEnvironment(tool), ...env, ...markFor(this.purposeAt(target)) },
      extendEnv: false,
      ...(input === undefined ? { stdin: 'ignore' } : { input }),
      stdout: 'pipe',
      stderr: 'pipe',
      buffer: false,
      reject: false,
      // A signal to the group reaches what the tool itself has started: ssh below rsync.
      detached: process.platform !== 'win32',
      cleanup: false,
      windowsHide: true,
    });
  }
}

/** Takes in what a tool says, keeps the end of its complaints, and nothing else. */
function listen({ secrets = [], isLife = () => true, onErr, onOut, onChunk }: ToolCall, watch: Watch) {
  const tail: string[] = [];
  const tell = (line: string, listener: ((line: string) => void) | undefined): void => {
    if (isLife(line)) watch.alive();
    listener?.(line);
  };
  const err = new LineReader((line) => {
    tail.push(said(line, secrets));
    if (tail.length > TAIL_LINES) tail.shift();
    tell(line, onErr);
  });
  const out = new LineReader((line) => tell(line, onOut));
  // Thrown from a stream's event, an error would bring the whole process down.
  const guarded = (act: () => unknown): void => {
    try {
      act();
    } catch (error) {
      watch.giveUp(error);
    }
  };
  return {
    err: (chunk: Buffer): void => {
      guarded(() => err.push(chunk));
    },
    out: (chunk: Buffer): void => {
      if (onChunk !== undefined) watch.alive();
      guarded(() => (onChunk === undefined ? out.push(chunk) : onChunk(chunk)));
    },
    end: (): readonly string[] => {
      guarded(() => out.end());
      guarded(() => err.end());
      return tail;
    },
  };
}

/** The call is over only when the group is: nobody else may begin on the same place before. */
async function settle(
  ended: Promise<ToolRun>,
  watch: Watch,
  end: () => Promise<void>,
  call: ToolCall,
): Promise<ToolRun> {
  try {
    await Promise.race([ended, watch.gaveUp]);
  } catch (error) {
    await end();
    const run = await ended;
    if (error instanceof Silence) {
      const seconds = Math.round(call.silenceMs() / 1000);
      throw new NasSyncError('timeout', `${call.tool} said nothing for ${seconds} s; does the server still answer?`, {
        tool: run,
      });
    }
    throw error;
  } finally {
    watch.stop();
  }
  const run = await ended;
  // Its leader has ended; what it started and left behind has no business here any more.
  await end();
  return run;
}

class Silence extends Error {}

type Watch = ReturnType<typeof watchOver>;

function watchOver(call: ToolCall) {
  let giveUp: (reason: unknown) => void = () => undefined;
  const gaveUp = new Promise<never>((_, reject) => (giveUp = reject));
  gaveUp.catch(() => undefined);
  let heardAt = performance.now();
  const timer = setInterval(() => {
    if (performance.now() - heardAt > call.silenceMs()) giveUp(new Silence());
  }, LOOK_MS);
  const onAbort = (): void => giveUp(call.signal.reason);
  call.signal.addEventListener('abort', onAbort, { once: true });
  return {
    gaveUp,
    giveUp: (reason: unknown) => giveUp(reason),
    alive: () => (heardAt = performance.now()),
    stop: () => {
      clearInterval(timer);
      call.signal.removeEventListener('abort', onAbort);
    },
  };
}

const PACKAGES: Readonly<Record<string, string>> = { ssh: 'openssh-client' };

function toolMissing(tool: string, cause: unknown): NasSyncError {
  if (systemCode(cause) !== 'ENOENT') {
    return new NasSyncError('unknown', `${tool} cannot be started (${systemCode(cause) ?? 'no reason given'})`, {
      cause,
    });
  }
  const name = PACKAGES[tool] ?? tool;
  return new NasSyncError('tool_missing', `${tool} is not installed; install it (on Debian: apt-get install ${name})`, {
    cause,
  });
}
