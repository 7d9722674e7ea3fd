import type { RsyncSshConfig } from '../../config/schema.js';
import { NasSyncError } from '../../errors.js';
import type { HashName } from '../../run/entry.js';
import { clearPlace } from '../process/orphans.js';
import { Toolbox } from '../process/process-runner.js';
import { assertSetAside } from '../set-aside.js';
import { TOKEN_FILE } from '../target-identity.js';
import { tokenText } from '../token-file.js';
import {
  requireCanary,
  type Examined,
  type FetchRequest,
  type FetchResult,
  type HashRequest,
  type PlaceListing,
  type PushRequest,
  type PushResult,
  type SetAsideRequest,
  type TargetListing,
  type TargetProbe,
  type Transport,
} from '../transport.js';
import type { VolatileOptions } from '../volatile-folders.js';
import { examineHere } from './diagnostics.js';
import { fetchFiles } from './fetch.js';
import { pushRun } from './push.js';
import { asPlace, NOTHING, type Remote } from './remote.js';
import { RestrictedRemote } from './restricted-remote.js';
import { ShellRemote } from './shell-remote.js';
import { SshConnection } from './ssh-connection.js';

export type RsyncOptions = Pick<
  RsyncSshConfig,
  'sshTarget' | 'sshKeyPath' | 'remotePath' | 'port' | 'knownHosts' | 'links' | 'timeoutSeconds'
> & {
  /** No hash but SHA-256 will do. */
  readonly requireSha256: boolean;
  /** Whose tools may be ended on a place that is taken over. */
  readonly queueId?: string;
} & VolatileOptions;

/** rsync over one SSH connection, which every command of the lane shares. */
export class RsyncTransport implements Transport {
  readonly type = 'rsync_ssh';
  readonly place: string;
  readonly keepsLinks = true;
  readonly reportsDigests = false;
  readonly #options: RsyncOptions;
  readonly #tools: Toolbox;
  readonly #connection: SshConnection;
  #remote: Remote | null = null;

  constructor(options: RsyncOptions) {
    this.#options = options;
    const port = options.port === null ? '' : `:${options.port}`;
    this.place = `rsync_ssh:${options.sshTarget}${port}:${options.remotePath}`;
    this.#tools = new Toolbox({ place: this.place, queueId: options.queueId ?? '' });
    this.#connection = new SshConnection(options, this.#tools);
  }

  /** Whether the server is this machine cannot be told; the token in the run would tell (see requireTokenOutside). */
  requireApart(): Promise<void> {
    return Promise.resolve();
  }

  /** Every name goes through; the place itself is refused where an account would take it for a pattern. */
  requireHolds(): Promise<void> {
    return Promise.resolve();
  }

  async probe(signal: AbortSignal): Promise<TargetProbe> {
    if (this.#remote !== null) return this.#remote.probe(signal);
    const { remote, probe } = await this.#meet(signal);
    return probe === null ? remote.probe(signal) : probe();
  }

  hashName(): Promise<HashName> {
    return Promise.resolve('sha256');
  }

  imprint(token: string, signal: AbortSignal): Promise<void> {
    return this.writeMeta(TOKEN_FILE, Buffer.from(tokenText(token)), { exclusive: true }, signal);
  }

  async push(request: PushRequest): Promise<PushResult> {
    await clearPlace(this.#tools.purposeAt(request.target));
    const remote = await this.#far(request.signal);
    const copyLinks = this.#options.links === 'follow';
    return pushRun({ request, remote, connection: this.#connection, copyLinks });
  }

  async hash(request: HashRequest): Promise<TargetListing> {
    return (await this.#far(request.signal)).hash(request);
  }

  async list(target: string, signal: AbortSignal): Promise<PlaceListing> {
    const remote = await this.#far(signal);
    return asPlace((await remote.list(target, signal)) ?? NOTHING);
  }

  async fetch(request: FetchRequest): Promise<FetchResult> {
    return fetchFiles(request, await this.#far(request.signal), this.#connection);
  }

  async readMeta(path: string, signal: AbortSignal): Promise<Uint8Array | null> {
    return (await this.#far(signal)).readMeta(path, signal);
  }

  async writeMeta(path: string, data: Uint8Array, options: { exclusive: boolean }, signal: AbortSignal): Promise<void> {
    await (await this.#far(signal)).writeMeta(path, data, options, signal);
  }

  async setAside(request: SetAsideRequest): Promise<void> {
    assertSetAside(request);
    await (await this.#far(request.signal)).setAside(request);
  }

  async tidyUp(target: string, signal: AbortSignal): Promise<void> {
    await (await this.#far(signal)).tidyUp(target, signal);
  }

  async removeCanary(target: string, signal: AbortSignal): Promise<void> {
    requireCanary(target);
    await (await this.#far(signal)).removeCanary(target, signal);
  }

  async examine(signal: AbortSignal): Promise<readonly Examined[]> {
    const here = await examineHere(this.#options, this.#tools, signal);
    if (here.some(({ ok }) => !ok)) return here;
    return [...here, ...(await (await this.#far(signal)).examine(signal))];
  }

  async close(): Promise<void> {
    await this.#connection.close();
    await this.#tools.close();
  }

  async #far(signal: AbortSignal): Promise<Remote> {
    return this.#remote ?? (await this.#meet(signal)).remote;
  }

  /** With a shell on the other side or without: the account is asked once, and a shell tells what a probe would. */
  async #meet(signal: AbortSignal): Promise<{ remote: Remote; probe: (() => TargetProbe) | null }> {
    const { remotePath, requireSha256, sshTarget } = this.#options;
    const { remote, probe, answer } = await ShellRemote.meet(this.#connection, this.#options, signal);
    if (remote !== null) {
      this.#remote = remote;
      return { remote, probe };
    }
    if (requireSha256) {
      throw new NasSyncError(
        'not_configured',
        `${sshTarget}: the account allows rsync only, which cannot tell SHA-256; give it a shell, or set verify.require_sha256: false`,
      );
    }
    const { volatile = [] } = this.#options;
    this.#remote = new RestrictedRemote(this.#connection, remotePath, volatile, answer);
    return { remote: this.#remote, probe: null };
  }
}
