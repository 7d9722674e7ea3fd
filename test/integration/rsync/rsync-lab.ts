import { join } from 'node:path';
import { RsyncTransport, type RsyncOptions } from '#dist/transports/rsync/rsync-transport.js';
import { EQUIPMENT, Lab, type LabOptions } from '../../support/lab.js';
import { SshServer } from '../../support/servers/ssh-server.js';
import type { Flavour } from '../../support/servers/ssh-accounts.js';

/** A workstation, and a NAS that is reached by rsync over a real SSH server. */
export class RsyncLab extends Lab {
  readonly server: SshServer;

  readonly #flavour: Flavour;

  private constructor(server: SshServer, flavour: Flavour, options: LabOptions) {
    super(options);
    this.#flavour = flavour;
    this.server = server;
    this.atEnd(() => server.stop());
  }

  static async with(flavour: Flavour = 'gnu', options: LabOptions = {}): Promise<RsyncLab> {
    return new RsyncLab(await SshServer.start({ flavour }), flavour, options);
  }

  transport(options: Partial<RsyncOptions> = {}): RsyncTransport {
    const { host, port, user, keyPath, knownHosts, folder } = this.server;
    // What rrsync takes for the top is its own folder.
    const remotePath = this.#flavour === 'rsync-only' ? '/' : folder;
    return new RsyncTransport({
      sshTarget: `${user}@${host}`,
      sshKeyPath: keyPath,
      knownHosts,
      port,
      remotePath,
      links: 'keep',
      timeoutSeconds: 20,
      requireSha256: false,
      ...options,
    });
  }

  /** Where the run arrives, on the server's disk. */
  onServer(runPath: string, ...names: string[]): string {
    return join(this.server.folder, runPath.slice(this.local.length + 1), ...names);
  }
}

export { EQUIPMENT };
