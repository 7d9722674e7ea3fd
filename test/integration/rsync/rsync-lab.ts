import { join } from 'node:path';
import type { ConfigInput, NasSyncClient } from 'nas-sync';
import { RsyncTransport, type RsyncOptions } from '#dist/transports/rsync/rsync-transport.js';
import { EQUIPMENT, Lab, type ClientOptions, type LabOptions } from '../../support/lab.js';
import { Relay } from '../../support/servers/relay.js';
import type { AccountOptions, Flavour } from '../../support/servers/ssh-accounts.js';
import { SshServer } from '../../support/servers/ssh-server.js';

export const FLAVOURS = ['gnu', 'busybox', 'rsync-only'] as const satisfies readonly Flavour[];

type TransportInput = Extract<ConfigInput['equipment'][number]['transport'], { type: 'rsync_ssh' }>;

export interface RsyncLabOptions extends LabOptions, Partial<AccountOptions> {
  /** What the equipment's configuration says beside what leads to the server. */
  readonly transport?: Partial<TransportInput>;
}

/** A workstation, and a NAS that is reached by rsync over a real SSH server, as its configuration says. */
export class RsyncLab extends Lab {
  readonly server: SshServer;
  readonly #options: RsyncLabOptions;

  private constructor(server: SshServer, options: RsyncLabOptions) {
    super(options);
    this.#options = options;
    this.server = server;
    this.atEnd(() => server.stop());
  }

  static async with(flavour: Flavour = 'gnu', options: RsyncLabOptions = {}): Promise<RsyncLab> {
    const { bare = false, loginShell } = options;
    const account = { flavour, bare, ...(loginShell === undefined ? {} : { loginShell }) };
    return new RsyncLab(await SshServer.start(account), { ...options, flavour });
  }

  override open(options: ClientOptions = {}): NasSyncClient {
    return super.open({ config: this.configured(), ...options });
  }

  /** The lab's configuration, with these changes to its transport. */
  configured(changes: Partial<TransportInput> = {}): ConfigInput {
    const { uploadMbps, transport } = this.#options;
    const bandwidth = uploadMbps === undefined ? {} : { bandwidth: { uploadMbps } };
    const way: TransportInput = { type: 'rsync_ssh', ...this.way(), ...bandwidth, ...transport, ...changes };
    return { ...this.config, equipment: [{ id: EQUIPMENT, localRoot: this.local, transport: way }] };
  }

  /** The same way, for tests that speak to the transport itself. */
  transport(options: Partial<RsyncOptions> = {}): RsyncTransport {
    const transport = new RsyncTransport({ ...this.way(), links: 'keep', requireSha256: false, ...options });
    this.atEnd(() => transport.close());
    return transport;
  }

  /** A way to the server that can be cut, and that counts. */
  async relay(delayMs = 0): Promise<Relay> {
    const relay = await Relay.start({ to: this.server.port, delayMs });
    this.atEnd(() => relay.stop());
    await this.server.alsoKnownAt(relay.port);
    return relay;
  }

  /** What leads to the server. */
  way() {
    const { host, port, user, keyPath, knownHosts, folder } = this.server;
    return {
      sshTarget: `${user}@${host}`,
      sshKeyPath: keyPath,
      knownHosts,
      port,
      // What rrsync takes for the top is its own folder.
      remotePath: this.#options.flavour === 'rsync-only' ? '/' : folder,
      timeoutSeconds: 20,
    };
  }

  /** Where the run arrives, on the server's disk. */
  override onNas(runPath: string, ...names: string[]): string {
    return join(this.server.folder, runPath.slice(this.local.length + 1), ...names);
  }
}

export { EQUIPMENT };
