import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa, execaNode, type Options } from 'execa';
import { createRecord, type BlockedView, type JobView } from 'nas-sync';
import { expect, onTestFinished } from 'vitest';

const MAIN = join(import.meta.dirname, '../../dist/command/nas-sync.js');

/** Its colours and places must not depend on where the tests run. */
const CLEAN = { NO_COLOR: '', NAS_SYNC_CONFIG: '', NAS_SYNC_DEBUG: '', TERM: 'xterm' };

export interface Answer {
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

interface Setting {
  readonly uploadMbps?: number | null;
  readonly delays?: readonly string[];
  /** `nas_cleanup`, as in the file. */
  readonly cleanup?: Readonly<Record<string, unknown>>;
}

/** A workstation with one instrument, a folder that plays its NAS, and the command line. */
export class Workplace {
  readonly root = realpathSync(mkdtempSync(join(tmpdir(), 'nas-sync-cli-')));
  readonly config = join(this.root, 'config.yaml');
  readonly local = join(this.root, 'local');
  readonly nas = join(this.root, 'nas');

  constructor() {
    for (const folder of [this.local, this.nas]) mkdirSync(folder);
    this.configure({});
    onTestFinished(() => rmSync(this.root, { recursive: true, force: true }));
  }

  configure({ uploadMbps = null, delays = ['1h'], cleanup = {} }: Setting): void {
    const transport = { type: 'mount', path: this.nas, bandwidth: { upload_mbps: uploadMbps } };
    const equipment = [{ id: 'SCOPE', local_root: this.local, nas_root: '//nas/lab', transport }];
    // JSON is YAML, too.
    writeFileSync(
      this.config,
      JSON.stringify({ database: 'queue.db', equipment, retry: { delays }, nas_cleanup: cleanup }),
    );
  }

  /** A run without a record. */
  bareRun(name: string, files: Readonly<Record<string, string | Uint8Array>> = { 'data.bin': 'data' }): string {
    const run = join(this.local, name);
    mkdirSync(run, { recursive: true });
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(dirname(join(run, path)), { recursive: true });
      writeFileSync(join(run, path), content);
    }
    return run;
  }

  async run(name: string, files?: Readonly<Record<string, string | Uint8Array>>): Promise<string> {
    const run = this.bareRun(name, files);
    await createRecord(run);
    return run;
  }

  /** The command line, told where the configuration is. */
  cli(...args: readonly string[]): Promise<Answer> {
    return this.plain(['--config', this.config, ...args]);
  }

  /** The command line as it is, in the lab's folder. */
  async plain(args: readonly string[], options: Options = {}): Promise<Answer> {
    const { exitCode, stdout, stderr } = await this.start(args, options);
    return { exitCode, stdout: String(stdout), stderr: String(stderr) };
  }

  start(args: readonly string[], options: Options = {}) {
    return execaNode(MAIN, args, this.#options(options));
  }

  shell(command: string) {
    const env = { ...CLEAN, CLI: `${process.execPath} ${MAIN} --config ${this.config}` };
    return execa('bash', ['-c', command], { ...this.#options({}), env });
  }

  #options(options: Options) {
    return { cwd: this.root, reject: false, timeout: 60_000, ...options, env: { ...CLEAN, ...options.env } } as const;
  }
}

/** The one document that `--json` promises. */
export const documentOf = ({ stdout }: Answer): unknown => JSON.parse(stdout);

export const jobsOf = (answer: Answer): (JobView | BlockedView)[] => (documentOf(answer) as { jobs: JobView[] }).jobs;

export const statesOf = (answer: Answer): string[] => jobsOf(answer).map((job) => job.state);

export const TIME: unknown = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
export const JOB_KEYS =
  'jobId runPath equipmentId state waitingFor attempts verifyPasses enqueuedAt lastAttemptAt nextAttemptAt verifiedAt cleanedAt nasPath files bytes lastError'.split(
    ' ',
  );
