import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, realpath } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { freePort, isFree, LOOPBACK } from './free-port.js';
import { isGreeted, type Greeting } from './greeting.js';
import { family, halt, kill, MARK, signal, type Process } from './processes.js';

export interface Place {
  readonly root: string;
  readonly port: number;
}

export interface Launch {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
}

const PATIENCE_MS = 15_000;

/** A real server in the foreground, with all that it keeps in a folder of its own. */
export abstract class TestServer {
  readonly host = LOOPBACK;
  readonly port: number;
  /** Holds its configuration, its keys and its state. */
  readonly root: string;
  /** Where targets live on the server's disk. */
  readonly folder: string;
  #listener: ChildProcess | null = null;
  #frozen = false;
  #log = '';

  protected constructor({ root, port }: Place) {
    this.root = root;
    this.port = port;
    this.folder = join(root, 'disk');
  }

  get user(): string {
    return userInfo().username;
  }

  protected abstract readonly greeting: Greeting;
  protected abstract launch(): Launch;
  protected abstract prepare(): Promise<void>;

  protected static async place(): Promise<Place> {
    return { root: await realpath(await mkdtemp(join(tmpdir(), 'nas-sync-server-'))), port: await freePort() };
  }

  protected async begin(): Promise<this> {
    try {
      await mkdir(this.folder);
      await this.prepare();
      await this.comeUp();
      return this;
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  /** What the server has said so far, on stdout and stderr. */
  get log(): string {
    return this.#log;
  }

  /** The listener, its sessions and their commands. */
  get pids(): number[] {
    return this.#members().map(({ pid }) => pid);
  }

  /** The listener and what belongs to it; all else serves somebody. */
  protected isListener({ pid }: Process): boolean {
    return pid === this.#listener?.pid;
  }

  /** Kills what serves somebody now. Who comes next is served. */
  async cut(): Promise<void> {
    const halted = halt(() => this.#members());
    await kill(halted.filter((process) => !this.isListener(process)));
    if (!this.#frozen) this.thaw();
  }

  /** Whoever talks to it waits, and whoever comes is connected and waits. */
  freeze(): void {
    halt(() => this.#members());
    this.#frozen = true;
  }

  thaw(): void {
    this.#frozen = false;
    for (const pid of this.pids) signal(pid, 'SIGCONT');
  }

  /** From now on connections are refused. */
  async goDown(): Promise<void> {
    const listener = this.#listener;
    await kill(halt(() => this.#members()));
    if (listener?.pid !== undefined && !hasEnded(listener)) await once(listener, 'exit');
    this.#listener = null;
    this.#frozen = false;
  }

  async comeUp(): Promise<void> {
    // Otherwise a stranger could answer in its place.
    if (!(await isFree(this.port))) throw new Error(`port ${this.port} is taken`);
    const { command, args, env } = this.launch();
    const listener = spawn(command, args, {
      env: { ...process.env, ...env, [MARK]: this.root },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    this.#listener = listener;
    for (const stream of [listener.stdout, listener.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => (this.#log += text));
    }
    listener.on('error', ({ message }) => (this.#log += message));
    await this.#answers(listener);
  }

  async stop(): Promise<void> {
    await this.goDown();
    await execa('chmod', ['-R', 'u+rwX', this.root], { reject: false });
    await execa('rm', ['-rf', '--one-file-system', this.root]);
  }

  async #answers(listener: ChildProcess): Promise<void> {
    const deadline = Date.now() + PATIENCE_MS;
    while (!(await isGreeted(this.port, this.greeting))) {
      const how = hasEnded(listener) ? 'ended' : 'does not answer';
      if (hasEnded(listener) || Date.now() > deadline)
        throw new Error(`${listener.spawnfile} ${how} at port ${this.port}:\n${this.#log}`);
      await sleep(20);
    }
  }

  #members(): Process[] {
    return family(this.#listener?.pid ?? 0, this.root);
  }
}

const hasEnded = ({ pid, exitCode, signalCode }: ChildProcess): boolean =>
  pid === undefined || exitCode !== null || signalCode !== null;
