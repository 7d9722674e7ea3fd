import assert from 'node:assert/strict';
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { FileEntry, RunEntry } from '../../run/entry.js';
import { EVERY_NAME_IS_DATA } from '../../run/name-rules.js';
import { walkRun, type LinkPolicy } from '../../run/walk.js';
import type {
  FetchRequest,
  FetchResult,
  HashRequest,
  PushRequest,
  PushResult,
  TargetListing,
  Transport,
} from '../../transports/transport.js';
import { compare, type Comparison } from '../../verify/compare.js';
import { LocalDigests } from './digests.js';
import type { ContractSetup, ContractTarget } from './target.js';

/** The place of the run on the target. */
export const PLACE = 'SCOPE/2026/Run 1';

const NONE: Comparison = { mismatched: [], missing: [], extra: [], volatile: [] };

/** A run on a local disk, a target, and the requests by which the engine brings one to the other. */
export class Bench {
  readonly target: ContractTarget;
  readonly transport: Transport;
  readonly signal: AbortSignal = new AbortController().signal;
  readonly root: string;
  readonly run: string;
  readonly digests: LocalDigests;

  private constructor(target: ContractTarget, root: string) {
    this.target = target;
    this.transport = target.transport;
    this.root = root;
    this.run = join(root, 'run');
    this.digests = new LocalDigests(this.run);
  }

  static async open(setup: ContractSetup, links: LinkPolicy): Promise<Bench> {
    const root = await realpath(await mkdtemp(join(tmpdir(), 'nas-sync-contract-')));
    await mkdir(join(root, 'run'));
    return new Bench(await setup({ links }), root);
  }

  async close(): Promise<void> {
    await this.transport.close();
    await this.target.dispose();
    await rm(this.root, { recursive: true, force: true });
  }

  /** Where the run's place lies on the server's disk, or `null`. */
  onServer(...names: readonly string[]): string | null {
    const { onServer = null } = this.target;
    return onServer === null ? null : join(onServer, PLACE, ...names);
  }

  async write(path: string, content: string | Uint8Array): Promise<void> {
    await mkdir(dirname(join(this.run, path)), { recursive: true });
    await writeFile(join(this.run, path), content);
  }

  async folder(path: string): Promise<void> {
    await mkdir(join(this.run, path), { recursive: true });
  }

  async link(path: string, linkTo: string): Promise<void> {
    await mkdir(dirname(join(this.run, path)), { recursive: true });
    await symlink(linkTo, join(this.run, path));
  }

  async entries(links: LinkPolicy = 'keep'): Promise<readonly RunEntry[]> {
    return (await walkRun(this.run, { links })).entries;
  }

  async files(links: LinkPolicy = 'keep'): Promise<readonly FileEntry[]> {
    return (await this.entries(links)).filter((entry) => entry.kind === 'file');
  }

  async holds(): Promise<void> {
    await this.transport.requireHolds({ source: this.run, target: PLACE, entries: await this.entries() }, this.signal);
  }

  async push(change: Partial<PushRequest> = {}): Promise<PushResult> {
    return this.transport.push({
      source: this.run,
      target: PLACE,
      entries: change.entries ?? (await this.entries()),
      sha256Of: this.digests.sha256Of,
      matches: this.digests.matches,
      readNow: this.digests.readNow,
      onDigests: () => undefined,
      capKiBps: () => null,
      signal: this.signal,
      onProgress: () => undefined,
      onArrived: () => undefined,
      ...change,
    });
  }

  async hash(change: Partial<HashRequest> = {}): Promise<TargetListing> {
    const entries = change.entries ?? (await this.entries());
    await this.digests.readNow(entries.filter((entry) => entry.kind === 'file'));
    return this.transport.hash({
      target: PLACE,
      source: this.run,
      entries,
      sha256Of: this.digests.sha256Of,
      signal: this.signal,
      onProgress: () => undefined,
      ...change,
    });
  }

  async fetch(paths: readonly string[], change: Partial<FetchRequest> = {}): Promise<FetchResult> {
    await mkdir(this.fetched(), { recursive: true });
    return this.transport.fetch({
      target: PLACE,
      paths,
      into: this.fetched(),
      capKiBps: () => null,
      signal: this.signal,
      onProgress: () => undefined,
      ...change,
    });
  }

  fetched(...names: readonly string[]): string {
    return join(this.root, 'fetched', ...names);
  }

  /** How the target differs from the run, as a pass sees it. */
  async comparison(change: Partial<HashRequest> = {}): Promise<Comparison> {
    const entries = change.entries ?? (await this.entries());
    const listing = await this.hash({ ...change, entries });
    return compare(entries, (file, digest) => this.digests.matches(file, digest) === true, listing, {
      names: EVERY_NAME_IS_DATA,
    });
  }

  async requireSame(change: Partial<HashRequest> = {}): Promise<void> {
    assert.deepEqual(await this.comparison(change), NONE, 'the target holds the run, and nothing else');
  }

  async requireDifference(difference: Partial<Comparison>): Promise<void> {
    assert.deepEqual(await this.comparison(), { ...NONE, ...difference });
  }
}

/** What must hold, by its name. Rejects where it does not. */
export type Proofs = Readonly<Record<string, (bench: Bench) => Promise<void>>>;
