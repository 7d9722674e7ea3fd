import { lstatSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { NasSyncClient, type ConfigInput, type JobView } from 'nas-sync';
import { SimulatedClock } from 'nas-sync/testing';
import { asideName } from '#dist/cleanup/disposal.js';
import { DELETION_CHILD } from './bundle-children.js';
import { Lab, listing, noise, type Tree } from './lab.js';

export const TRASH = '.exlab-wizard/.nas-sync-trash';
export const HOUR = 3_600_000;
export const T0 = Date.UTC(2026, 0, 1);

type Cleanup = ConfigInput['nasCleanup'];

/** The moment of a deletion at which a process ends itself: the `nth` time that it comes there. */
export interface Kill {
  readonly moment: string;
  readonly nth: number;
  readonly signal?: NodeJS.Signals;
}

export interface ChildRun {
  readonly config: ConfigInput;
  readonly at?: number | null;
  /** Time that passes once nothing is due. */
  readonly hours?: number;
  readonly kill?: Kill;
  readonly count?: boolean;
}

/** A lab for deletions: one pass is enough, at once, and what was in a run is remembered. */
export class DeletionLab extends Lab {
  readonly copy = this.at('copy');

  configWith(cleanup: Cleanup, leaseSeconds = 3600): ConfigInput {
    const fast = { minVerifyPasses: 1, minAgeHours: 0, minEvidence: 'cached-read' as const };
    return { ...this.config, nasCleanup: { ...fast, ...cleanup }, scheduler: { leaseSeconds } };
  }

  /** A run that is on the NAS and proven, by a process that deletes nothing and has left. */
  async proven(tree: Tree, links: Readonly<Record<string, string>> = {}, config = this.configWith({})) {
    const run = await this.makeRun(tree);
    for (const [path, text] of Object.entries(links)) await execa('ln', ['-s', text, join(run, path)]);
    await execa('cp', ['-a', run, this.copy]);
    const client = this.open({ config, clock: new SimulatedClock(T0), letGo: false });
    const { state } = await this.sync(run, client);
    await client.close();
    if (state !== 'verified') throw new Error(`the run is ${state}`);
    return run;
  }

  /** The same in this process, with deletions: what is due at `at` is done when it returns. */
  async letGo(config: ConfigInput, at = T0, hours = 0): Promise<void> {
    const clock = new SimulatedClock(at);
    await using client = new NasSyncClient({ config, database: this.at('queue.db'), clock });
    await client.init();
    await client.acceptPolicy({ operator: 'ada' });
    await client.idle();
    if (hours > 0) await clock.advance(hours * HOUR, () => client.idle());
  }

  /** A run whose files have just gone to the trash, and the client that did it. */
  async trashed(tree: Tree, { links = {}, cleanup = {} }: { links?: Record<string, string>; cleanup?: Cleanup } = {}) {
    const config = this.configWith({ trashHours: 24, ...cleanup });
    const run = await this.proven(tree, links, config);
    const clock = new SimulatedClock(T0);
    const client = this.open({ config, clock });
    await client.init();
    await client.idle();
    const pass = (hours: number): Promise<void> => clock.advance(hours * HOUR, () => client.idle());
    return { run, client, clock, pass, config };
  }

  /** A process of its own, until nothing is due; rejects if it ended otherwise than it was to. */
  async child({ config, at = T0, hours = 0, kill, count = false }: ChildRun) {
    const told = { config, database: this.at('queue.db'), at, hours, kill, count };
    const { stdout, signal, exitCode, stderr } = await execa(process.execPath, [DELETION_CHILD, JSON.stringify(told)], {
      reject: false,
    });
    if (kill === undefined ? exitCode !== 0 : signal !== 'SIGKILL') {
      throw new Error(`the process ended with ${signal ?? exitCode}: ${stderr}${stdout}`);
    }
    if (kill !== undefined) return { jobs: [], seen: {} };
    return JSON.parse(stdout) as { jobs: JobView[]; seen: Record<string, number> };
  }

  /** Files and links of the copy whose bytes are neither in the run, nor in its record folder, nor on the NAS. */
  lost(run: string): string[] {
    const places = [run, join(run, TRASH), this.onNas(run)];
    const wanted = listing(this.copy).map((path) => path.replace(/@$/u, ''));
    return wanted
      .filter((path) => !path.endsWith('/') && !path.startsWith('.exlab-wizard'))
      .filter((path) => {
        const copies = [...places.map((place) => join(place, path)), join(run, '.exlab-wizard', asideName(path))];
        return !copies.some((copy) => sameThing(join(this.copy, path), copy));
      });
  }

  /** What `diff -r` finds between the run as it was and its place on the NAS. */
  async unlike(run: string): Promise<string> {
    const args = ['--recursive', '--no-dereference', '--exclude=.exlab-wizard', this.copy, this.onNas(run)];
    return (await execa('diff', args, { reject: false })).stdout;
  }
}

function sameThing(a: string, b: string): boolean {
  const there = lstatSync(b, { throwIfNoEntry: false });
  if (there === undefined) return false;
  if (lstatSync(a).isSymbolicLink()) return there.isSymbolicLink() && readlinkSync(a) === readlinkSync(b);
  return there.isFile() && readFileSync(a).equals(readFileSync(b));
}

/** So many files in folders of three, each of another content. */
export function manyFiles(count: number): Tree {
  const files: [string, Uint8Array][] = [];
  for (let index = 0; index < count; index += 1) {
    const folder = `plate ${Math.floor(index / 30)}/well ${Math.floor(index / 3)}`;
    files.push([`${folder}/image ${index}.tif`, noise(200 + ((index * 37) % 900), index + 1)]);
  }
  return Object.fromEntries(files);
}
