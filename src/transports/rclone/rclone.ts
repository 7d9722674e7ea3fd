import type { Readable } from 'node:stream';
import type { RcloneConfig } from '../../config/schema.js';
import type { ToolRun } from '../../errors.js';
import { printable } from '../../run/printable.js';
import type { Running, Toolbox } from '../process/process-runner.js';
import type { VolatileOptions } from '../volatile-folders.js';
import { isFailing, readLogLine, type LogLine, type Stats } from './log.js';

export type RcloneOptions = Pick<
  RcloneConfig,
  'rcloneRemote' | 'rcloneRemotePath' | 'rcloneConfig' | 'transfers' | 'checkers' | 'links' | 'timeoutSeconds'
> & {
  /** `verify.require_sha256`: a target that can only tell another hash is read back. */
  readonly requireSha256: boolean;
  /** Whose tools may be ended on a place that is taken over. */
  readonly queueId?: string;
} & VolatileOptions;

export interface RcloneCall {
  readonly args: readonly string[];
  /** The run's place that it works on, relative to the transport's; `''`: none in particular. */
  readonly target?: string;
  readonly signal: AbortSignal;
  readonly input?: string | Uint8Array | Readable;
  readonly env?: Readonly<Record<string, string>>;
  readonly onOut?: (line: string) => void;
  readonly onChunk?: (chunk: Buffer) => void;
  readonly onLog?: (line: LogLine) => void;
  readonly silenceMs?: () => number;
  /** Only what moves bytes is a sign of life: lines of statistics come also while nothing does. */
  readonly lifeIsProgress?: boolean;
}

/** How a call went, whatever came of it. */
export interface Outcome {
  readonly run: ToolRun;
  /** What it complained about, in turn. */
  readonly complaints: readonly LogLine[];
  readonly stats: Stats | null;
}

const MOST_COMPLAINTS = 100;
const TAIL_LINES = 20;
const LONGEST_CONNECT_SECONDS = 15;

/** Starts rclone, with what every call has in common. */
export class Rclone {
  readonly #toolbox: Toolbox;
  readonly #options: RcloneOptions;

  constructor(toolbox: Toolbox, options: RcloneOptions) {
    this.#toolbox = toolbox;
    this.#options = options;
  }

  /** `REMOTE:PATH/below`, as rclone wants it. */
  at(below = ''): string {
    const { rcloneRemote, rcloneRemotePath } = this.#options;
    const top = rcloneRemotePath.replace(/(?<=.)\/+$/u, '');
    const path = [top, below].filter((part) => part !== '').join(top === '/' ? '' : '/');
    return `${rcloneRemote}:${path}`;
  }

  get timeoutMs(): number {
    return this.#options.timeoutSeconds * 1000;
  }

  async run(call: RcloneCall): Promise<Outcome> {
    return (await this.start(call)).done;
  }

  async start(call: RcloneCall): Promise<{ running: Running; done: Promise<Outcome> }> {
    const complaints: LogLine[] = [];
    const tail: string[] = [];
    let stats: Stats | null = null;
    const { onOut, onChunk, input } = call;
    const running = await this.#toolbox.start({
      tool: 'rclone',
      args: [...call.args, ...this.#common()],
      ...(call.env === undefined ? {} : { env: call.env }),
      target: call.target ?? '',
      signal: call.signal,
      silenceMs: call.silenceMs ?? (() => this.timeoutMs),
      ...(input === undefined ? {} : { input }),
      ...(onOut === undefined ? {} : { onOut }),
      ...(onChunk === undefined ? {} : { onChunk }),
      ...(call.lifeIsProgress === true ? { isLife: progressOnly() } : {}),
      onErr: (text) => {
        const line = readLogLine(text);
        if (line.stats === null) keepLast(tail, shown(line));
        else stats = line.stats;
        if (isFailing(line) && complaints.length < MOST_COMPLAINTS) complaints.push(line);
        call.onLog?.(line);
      },
    });
    const done = running.done.then((run) => ({ run: { ...run, tail }, complaints, stats }));
    done.catch(() => undefined);
    return { running, done };
  }

  #common(): string[] {
    const { rcloneConfig, timeoutSeconds } = this.#options;
    return [
      ...(rcloneConfig === null ? [] : ['--config', rcloneConfig]),
      ...['--use-json-log', '--log-level', 'INFO', '--retries', '1', '--low-level-retries', '3'],
      ...['--contimeout', `${Math.min(LONGEST_CONNECT_SECONDS, timeoutSeconds)}s`, '--timeout', `${timeoutSeconds}s`],
      // Else NFC and NFD are one name to it, and one of two such files is lost.
      ...['--no-unicode-normalization', '--ask-password=false'],
      // A link on the server may lead anywhere, or round in circles.
      '--sftp-skip-links',
    ];
  }
}

function progressOnly(): (text: string) => boolean {
  let before = '';
  return (text) => {
    const { stats } = readLogLine(text);
    const now = stats === null ? text : `${stats.bytes} ${stats.transfers} ${stats.checks}`;
    const moved = now !== before;
    before = now;
    return moved;
  };
}

function keepLast(tail: string[], line: string): void {
  tail.push(line);
  if (tail.length > TAIL_LINES) tail.shift();
}

const shown = ({ level, object, message }: LogLine): string =>
  printable([level, object, message].filter((part) => part !== '').join(': '));
