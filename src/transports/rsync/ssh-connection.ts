import { access, constants, rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { NasSyncError, systemCode, type ToolRun } from '../../errors.js';
import { unlessAborted } from '../abortable.js';
import type { Running, Toolbox } from '../process/process-runner.js';
import { assertNoOptionAlias } from './option-aliases.js';
import type { Errand, ErrandResult } from './remote.js';
import { SpareShells, type Script, type ScriptErrand } from './shell-pool.js';
import { makeSocketFolder } from './socket-folder.js';
import { sshFailure } from './ssh-failure.js';
import { masterArguments, rsyncShell, type SshOptions } from './ssh-options.js';

const LOOK_MS = 10;
/** The one who shares a connection may learn of its end before the one who holds it. */
const AFTERMATH_MS = 1000;
const KEPT_LINES = 200;

interface Master {
  readonly socket: string;
  readonly folder: string;
  readonly running: Running;
  readonly lines: readonly string[];
  readonly shells: SpareShells;
}

/** One connection to a server, which every command and every rsync of a lane shares. Opened when it is needed. */
export class SshConnection {
  readonly #options: SshOptions;
  readonly #tools: Toolbox;
  readonly #lifetime = new AbortController();
  #master: Promise<Master> | null = null;

  constructor(options: SshOptions, tools: Toolbox) {
    this.#options = options;
    this.#tools = tools;
  }

  get host(): string {
    return this.#options.sshTarget;
  }

  get silenceMs(): number {
    return this.#options.timeoutSeconds * 1000;
  }

  /** Runs a script in the server's `sh`. @throws NasSyncError of the connection */
  async script(script: Script, errand: ScriptErrand): Promise<ErrandResult> {
    const master = await this.#open(errand.signal);
    return this.#onErrand(master, errand, (heard) => master.shells.run(script, heard));
  }

  /** Runs rsync between here and the server, which its arguments name as `ANY_HOST`. @throws as {@link script} */
  async rsync(args: readonly string[], errand: Errand): Promise<ErrandResult> {
    const master = await this.#open(errand.signal);
    const env = { ...errand.env, RSYNC_RSH: rsyncShell(master.socket) };
    return this.#onErrand(master, errand, (heard) => this.#tools.run({ ...heard, tool: 'rsync', args, env }));
  }

  async close(): Promise<void> {
    this.#lifetime.abort(new NasSyncError('closed', `the connection to ${this.host} is closed`));
    const master = await this.#master?.catch(() => null);
    if (master != null) await master.running.done.catch(() => undefined);
  }

  async #onErrand<T extends Pick<Errand, 'onErr'>>(
    master: Master,
    errand: T,
    run: (errand: T) => Promise<ToolRun>,
  ): Promise<ErrandResult> {
    const lines: string[] = [];
    const onErr = (line: string): void => {
      if (lines.length < KEPT_LINES) lines.push(line);
      errand.onErr?.(line);
    };
    const ended = await run({ ...errand, onErr });
    if (ended.exitCode !== 0) await this.#requireAlive(master, ended);
    return { run: ended, lines };
  }

  /** Where the connection itself has ended, that is the failure, whatever the errand says of its own. */
  async #requireAlive(master: Master, run: ToolRun): Promise<void> {
    const mayBeCut = run.exitCode === 255 || run.exitCode === 12 || run.exitCode === 10 || run.exitCode === null;
    const over = master.running.done.then(() => true);
    if (!(await Promise.race([over, sleep(mayBeCut ? AFTERMATH_MS : 0, false, { ref: false })]))) return;
    throw sshFailure(this.host, master.lines, run);
  }

  async #open(signal: AbortSignal): Promise<Master> {
    signal.throwIfAborted();
    this.#master ??= this.#connect().catch((error: unknown) => {
      this.#master = null;
      throw error;
    });
    return unlessAborted(this.#master, signal);
  }

  async #connect(): Promise<Master> {
    await requireKey(this.#options.sshKeyPath);
    await assertNoOptionAlias();
    const { folder, socket } = await makeSocketFolder();
    const lines: string[] = [];
    const running = await this.#tools.start({
      tool: 'ssh',
      args: masterArguments(this.#options, socket),
      target: '',
      signal: this.#lifetime.signal,
      silenceMs: () => Infinity,
      onErr: (line) => {
        if (lines.length < KEPT_LINES) lines.push(line);
      },
    });
    const ended = running.done.finally(async () => {
      this.#master = null;
      await rm(folder, { recursive: true, force: true });
    });
    ended.catch(() => undefined);
    const shells = new SpareShells(this.#tools, socket);
    const master = { socket, folder, running, lines, shells };
    await this.#untilUp(master, ended);
    return master;
  }

  async #untilUp({ socket, running, lines }: Master, ended: Promise<ToolRun>): Promise<void> {
    let over = false;
    const watch = ended.then((run) => {
      over = true;
      throw sshFailure(this.host, lines, run);
    });
    watch.catch(() => (over = true));
    const deadline = performance.now() + this.silenceMs;
    while (!over) {
      if (await exists(socket)) return;
      if (performance.now() > deadline) {
        await running.end();
        throw new NasSyncError(
          'timeout',
          `${this.host}: no connection within ${this.#options.timeoutSeconds} s; is the server up?`,
        );
      }
      await Promise.race([sleep(LOOK_MS), watch.catch(() => undefined)]);
    }
    await watch;
  }
}

async function requireKey(path: string): Promise<void> {
  try {
    await access(path, constants.R_OK);
  } catch (error) {
    throw new NasSyncError(
      'not_configured',
      `the key ${path} cannot be read (${systemCode(error) ?? 'no reason given'}); fix ssh_key_path, or make one with ssh-keygen`,
      { cause: error },
    );
  }
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
