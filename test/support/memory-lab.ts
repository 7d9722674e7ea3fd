import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { createRecord, NasSyncClient, type ConfigInput, type NasSyncClientOptions } from 'nas-sync';
import { MemoryTransport, SimulatedClock } from 'nas-sync/testing';

const HOUR_MS = 3_600_000;

interface RunOptions {
  readonly equipmentId?: string;
  /** Contents by path. */
  readonly files?: Readonly<Record<string, string>>;
}

/** A lab whose NAS is in memory and whose time stands still, with the real engine and a real queue between them. */
export class MemoryLab {
  readonly clock = new SimulatedClock();
  readonly nas = new Map<string, MemoryTransport>();
  readonly #root: string;
  readonly #clients: NasSyncClient[] = [];

  private constructor(root: string, equipmentIds: readonly string[]) {
    this.#root = root;
    for (const id of equipmentIds) this.nas.set(id, new MemoryTransport(`memory:${id}`));
  }

  static async open(equipmentIds: readonly string[] = ['SCOPE']): Promise<MemoryLab> {
    return new MemoryLab(await realpath(await mkdtemp(join(tmpdir(), 'nas-sync-test-'))), equipmentIds);
  }

  get database(): string {
    return join(this.#root, 'queue.db');
  }

  nasOf(id: string): MemoryTransport {
    const nas = this.nas.get(id);
    if (nas === undefined) throw new Error(`the lab has no equipment ${id}`);
    return nas;
  }

  async client(options: Partial<NasSyncClientOptions> & { scheduler?: ConfigInput['scheduler'] } = {}) {
    const { scheduler, ...others } = options;
    const client = new NasSyncClient({
      config: {
        equipment: [...this.nas.keys()].map((id) => ({
          id,
          localRoot: join(this.#root, id),
          transport: { type: 'mount' as const, path: join(this.#root, 'unused') },
        })),
        ...(scheduler === undefined ? {} : { scheduler }),
      },
      database: this.database,
      transports: Object.fromEntries(this.nas),
      clock: this.clock,
      ...others,
    });
    this.#clients.push(client);
    await client.init();
    return client;
  }

  /** A run with a record and these files. */
  async run(name: string, { equipmentId = 'SCOPE', files = { 'data.bin': 'data' } }: RunOptions = {}) {
    const path = join(this.#root, equipmentId, name);
    await mkdir(path, { recursive: true });
    for (const [file, content] of Object.entries(files)) await writeFile(join(path, file), content);
    await createRecord(path);
    return path;
  }

  async recordOf(run: string): Promise<unknown> {
    return JSON.parse(await readFile(join(run, '.exlab-wizard', 'creation.json'), 'utf8'));
  }

  /** What the journals say in the order of their commits: `Run_1 verified`. */
  async journalPlaces(client: NasSyncClient): Promise<string[]> {
    const steps: { seq: number; says: string }[] = [];
    for (const job of await client.jobs()) {
      for (const { seq, event, to } of await client.history(job.jobId)) {
        if (event !== 'enqueued') steps.push({ seq, says: `${basename(job.runPath)} ${to}` });
      }
    }
    return steps.sort((a, b) => a.seq - b.seq).map((step) => step.says);
  }

  async verifiedInOrder(client: NasSyncClient): Promise<string[]> {
    const places = await this.journalPlaces(client);
    return places.flatMap((says) => (says.endsWith(' verified') ? [says.slice(0, -' verified'.length)] : []));
  }

  /** Lets time pass, and all that becomes due meanwhile happen. */
  async pass(client: NasSyncClient, { hours = 0, seconds = 0 }: { hours?: number; seconds?: number }): Promise<void> {
    await client.idle();
    await this.clock.advance(hours * HOUR_MS + seconds * 1000, () => client.idle());
  }

  async close(): Promise<void> {
    await Promise.all(this.#clients.map((client) => client.close({ deadline: 0 })));
    await rm(this.#root, { recursive: true, force: true });
  }
}
