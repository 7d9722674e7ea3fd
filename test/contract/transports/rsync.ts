import { RsyncTransport } from '#dist/transports/rsync/rsync-transport.js';
import { SshServer } from '../../support/servers/ssh-server.js';
import type { Flavour } from '../../support/servers/ssh-accounts.js';
import { holdToContract } from './hold.js';

/** rsync to an account of a real sshd, which is started and stopped for each case. */
export function holdRsyncToContract(flavour: Flavour): void {
  holdToContract(async ({ links }) => {
    const server = await SshServer.start({ flavour });
    const transport = new RsyncTransport({
      sshTarget: `${server.user}@${server.host}`,
      sshKeyPath: server.keyPath,
      // The account that allows rsync only is locked into the server's folder already.
      remotePath: flavour === 'rsync-only' ? '.' : server.folder,
      port: server.port,
      knownHosts: server.knownHosts,
      links,
      timeoutSeconds: 30,
      requireSha256: false,
    });
    return { transport, onServer: server.folder, dispose: () => server.stop() };
  });
}
