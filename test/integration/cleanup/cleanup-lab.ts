import { join } from 'node:path';
import type { CleanResult, ConfigInput, JobView, NasSyncClient } from 'nas-sync';
import { SimulatedClock } from 'nas-sync/testing';
import { Lab, noise, type ClientOptions, type LabOptions, type Tree } from '../../support/lab.js';
import { contentsBelow, type Contents } from './contents.js';

export { contentsBelow, lost, snapshot, type Contents } from './contents.js';

export const HOUR = 3_600_000;

export const TREE: Tree = {
  'a.txt': 'the content of a',
  'deep/b.bin': noise(5000, 2),
  'deep/er/c.txt': 'the content of c',
  'deep/er/d.txt': 'the content of d',
  'empty/': '',
  'z.txt': 'the content of z',
};

type Policy = NonNullable<ConfigInput['nasCleanup']>;
type Faults = NonNullable<ClientOptions['faults']>;
type Act = Parameters<Faults['at']>[1];

/** All that time could hold back is satisfied: what a test spoils stands alone. */
const SATISFIED: Policy = { minVerifyPasses: 1, minAgeHours: 0, minEvidence: 'cached-read' };

export interface ProvenOptions extends LabOptions {
  readonly tree?: Tree;
  readonly name?: string;
  readonly policy?: Policy;
  readonly client?: ClientOptions;
  /** Before the run is laid out. */
  readonly mounts?: (lab: Lab) => Promise<unknown>;
  /** After the run is laid out, before it is proven. */
  readonly prepare?: (run: string, lab: Lab) => void | Promise<void>;
}

/** A run that is proven, and that nobody has let go yet. */
export class LettingGo {
  readonly lab: Lab;
  readonly clock = new SimulatedClock();
  readonly #client: ClientOptions;
  policy: Policy;
  run = '';

  private constructor({ policy = {}, client = {}, ...lab }: ProvenOptions) {
    this.lab = new Lab(lab);
    this.policy = { ...SATISFIED, ...policy };
    this.#client = client;
  }

  static async proven(given: ProvenOptions = {}): Promise<LettingGo> {
    const { tree = TREE, name = 'Run_1', mounts, prepare, ...options } = given;
    const scene = new LettingGo(options);
    await mounts?.(scene.lab);
    scene.run = await scene.lab.makeRun(tree, name);
    await prepare?.(scene.run, scene.lab);
    await scene.pass();
    return scene;
  }

  at(...names: string[]): string {
    return join(this.run, ...names);
  }

  onNas(...names: string[]): string {
    return this.lab.onNas(this.run, ...names);
  }

  open(options: ClientOptions = {}): NasSyncClient {
    const config = { ...this.lab.config, nasCleanup: this.policy, scheduler: { leaseSeconds: 3600 } };
    return this.lab.open({ clock: this.clock, config, ...this.#client, ...options });
  }

  /** Syncs the run, and proves it; nothing is let go. */
  async pass(): Promise<JobView> {
    const client = this.open({ letGo: false });
    const job = await this.lab.sync(this.run, client);
    await client.close();
    return job;
  }

  /** `clean` in a process of its own, which also does what follows from it at once. */
  async clean(options: ClientOptions = {}): Promise<{ result: CleanResult; job: JobView; journal: string }> {
    const client = this.open({ drive: 'own', ...options });
    const result = await client.clean(this.run);
    await client.idle();
    const job = (await client.job(this.run))!;
    const journal = JSON.stringify(await client.history(this.run));
    await client.close();
    return { result, job, journal };
  }

  /** A process that does by itself whatever is due, until nothing is. */
  async reap(options: ClientOptions = {}): Promise<JobView> {
    const client = this.open(options);
    await client.init();
    await client.idle();
    const job = (await client.job(this.run))!;
    await client.close();
    return job;
  }

  async events(): Promise<string[]> {
    return this.asking(async (client) => this.lab.events(this.run, client));
  }

  async asking<T>(ask: (client: NasSyncClient) => Promise<T>): Promise<T> {
    const client = this.open({ drive: 'none' });
    const answer = await ask(client);
    await client.close();
    return answer;
  }

  /** Every content that is anywhere now: on the workstation, on the NAS, and wherever a test moved it. */
  contents(): Contents {
    return contentsBelow(this.lab.root);
  }
}

/** Does something at one moment of a deletion, the `nth` time that it comes. */
export function when(moment: 'before' | 'after', act: Act, does: () => void | Promise<void>, nth = 1): Faults {
  let seen = 0;
  return {
    at: async (now, doing) => {
      if (now !== moment || doing !== act) return;
      seen += 1;
      if (seen === nth) await does();
    },
  };
}

export const failing = (result: Pick<CleanResult, 'interlocks'>): string[] =>
  result.interlocks.filter(({ ok }) => !ok).map(({ name }) => name);
