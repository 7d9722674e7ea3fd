import { lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import {
  builtInValidator,
  createRecord,
  defineConfig,
  NasSyncClient,
  RULES,
  type ConfigInput,
  type JobView,
  type NasSyncClientOptions,
  type Transport,
} from 'nas-sync';
import { onTestFinished } from 'vitest';

export const EQUIPMENT = 'SCOPE';

/** Paths to contents; a path that ends with `/` is a folder. */
export type Tree = Readonly<Record<string, string | Uint8Array>>;

const DELAYS: readonly string[] = ['50ms', '50ms', '50ms', '50ms', '50ms'];

export interface LabOptions {
  /** Below the lab's folder; the default is `nas`. */
  readonly nas?: string;
  readonly uploadMbps?: number;
  readonly delays?: readonly string[];
  readonly links?: 'keep' | 'follow';
}

export interface ClientOptions extends Omit<NasSyncClientOptions, 'config' | 'transports'> {
  readonly transport?: Transport;
  readonly config?: ConfigInput;
}

/** What is copied here may be called anything: the gate's rules about names are held elsewhere. */
const ANY_NAME = builtInValidator(defineConfig({ equipment: [] }).validator, {
  rules: RULES.filter(({ name }) => name === 'unsupported_entry' || name === 'unreadable_entry'),
});

/** A workstation and a NAS in a fresh folder, which is gone with all that was started and mounted once the test is over. */
export class Lab {
  readonly root = realpathSync(mkdtempSync(join(tmpdir(), 'nas-sync-lab-')));
  readonly local = join(this.root, 'local');
  readonly nas: string;
  readonly config: ConfigInput;
  readonly #undo: (() => Promise<unknown>)[] = [];
  #client: NasSyncClient | null = null;

  constructor({ nas = 'nas', uploadMbps, delays = DELAYS, links = 'keep' }: LabOptions = {}) {
    this.nas = join(this.root, nas);
    mkdirSync(this.local, { recursive: true });
    mkdirSync(this.nas, { recursive: true });
    const bandwidth = uploadMbps === undefined ? {} : { bandwidth: { uploadMbps } };
    this.config = {
      equipment: [
        { id: EQUIPMENT, localRoot: this.local, transport: { type: 'mount', path: this.nas, links, ...bandwidth } },
      ],
      retry: { delays },
    };
    onTestFinished(() => this.#close());
  }

  /** The client of tests that need only one. */
  get client(): NasSyncClient {
    return (this.#client ??= this.open());
  }

  /** Another client; on the lab's database unless told otherwise. */
  open({ transport, ...options }: ClientOptions = {}): NasSyncClient {
    const client = new NasSyncClient({
      config: this.config,
      validator: ANY_NAME,
      database: this.at('queue.db'),
      ...(transport === undefined ? {} : { transports: { [EQUIPMENT]: transport } }),
      ...options,
    });
    this.atEnd(() => client.close({ deadline: 0 }));
    return client;
  }

  at(...names: string[]): string {
    return join(this.root, ...names);
  }

  /** Where the run arrives. */
  onNas(runPath: string, ...names: string[]): string {
    return join(this.nas, runPath.slice(this.local.length + 1), ...names);
  }

  async makeRun(tree: Tree, name = 'Run_1'): Promise<string> {
    const runPath = join(this.local, name);
    mkdirSync(runPath, { recursive: true });
    fill(runPath, tree);
    await createRecord(runPath);
    return runPath;
  }

  /** Enqueues, and waits until the job rests; with `patient`, through its backoffs too. */
  async sync(runPath: string, client = this.client, { patient = true } = {}): Promise<JobView> {
    const { jobId, state, blockingFindings } = await client.enqueue(runPath);
    if (state === 'blocked') throw new Error(`blocked: ${JSON.stringify(blockingFindings)}`);
    const [view] = await client.settled([jobId], { patient });
    await client.idle();
    return view!;
  }

  /** Resolves once the client's push has moved so many bytes of the run, and goes on. */
  async pushing(runPath: string, { bytes = 1, client = this.client } = {}): Promise<void> {
    const { jobId } = await client.enqueue(runPath);
    await new Promise<void>((resolve) => {
      const { unsubscribe } = client.live.subscribe(({ context }) => {
        const work = context.jobs[jobId]?.work;
        if (work?.phase !== 'push' || work.bytes < bytes) return;
        unsubscribe();
        resolve();
      });
    });
  }

  /** The job's journal, as the names of its events. */
  async events(runPath: string, client = this.client): Promise<string[]> {
    return (await client.history(runPath)).map(({ event }) => event);
  }

  /** How many files each push so far has copied. */
  async copied(runPath: string, client = this.client): Promise<unknown[]> {
    const journal = await client.history(runPath);
    return journal.filter(({ event }) => event === 'push.succeeded').map(({ detail }) => detail['copied']);
  }

  /** What to undo after the test, last first. */
  atEnd(undo: () => Promise<unknown>): void {
    this.#undo.push(undo);
  }

  async #close(): Promise<void> {
    for (const undo of this.#undo.reverse()) await undo();
    // Read-only folders are part of what runs may hold; only root may empty them as they are.
    await execa('chmod', ['-R', 'u+rwX', this.root], { reject: false });
    await execa('rm', ['-rf', '--one-file-system', this.root]);
  }
}

export function fill(folder: string, tree: Tree): void {
  for (const [path, content] of Object.entries(tree)) {
    if (path.endsWith('/')) {
      mkdirSync(join(folder, path), { recursive: true });
      continue;
    }
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
}

/** Every path below `folder`, sorted; `path/` is a folder, `path@` a link. */
export function listing(folder: string, below = ''): string[] {
  const names = readdirSync(join(folder, below)).sort();
  return names.flatMap((name) => {
    const path = below === '' ? name : `${below}/${name}`;
    const stats = lstatSync(join(folder, path));
    if (stats.isSymbolicLink()) return [`${path}@`];
    return stats.isDirectory() ? [`${path}/`, ...listing(folder, path)] : [path];
  });
}

const RECORD = '.exlab-wizard/creation.json';

/**
 * What `diff -r` says about the two: nothing, where they are equal. In the record on the NAS alone stands who sealed it.
 */
export async function differences(a: string, b: string): Promise<string> {
  const { stdout } = await execa('diff', ['--recursive', '--no-dereference', a, b], { reject: false });
  if (!stdout.includes(RECORD) || unsealed(join(a, RECORD)) !== unsealed(join(b, RECORD))) return stdout;
  return (await execa('diff', ['--recursive', '--no-dereference', '--exclude=creation.json', a, b], { reject: false }))
    .stdout;
}

/** The text of a run record without the key that says who sealed it. */
export function unsealed(file: string): string {
  const { nas_sync: _, ...record } = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
  return JSON.stringify(record);
}

/** Checks a copy with nothing of ours: throws what `sha256sum -c` says if it is not content. */
export async function sha256sumCheck(folder: string): Promise<void> {
  await execa('sha256sum', ['--check', '--strict', '--quiet', '.exlab-wizard/checksums.sha256'], { cwd: folder });
}

/** Bytes that no compression or zero detection makes smaller, the same ones each time. */
export function noise(bytes: number, seed = 1): Uint8Array {
  const words = new Uint32Array(Math.ceil(bytes / 4));
  let state = seed;
  for (let at = 0; at < words.length; at += 1) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    words[at] = state;
  }
  return new Uint8Array(words.buffer, 0, bytes);
}
