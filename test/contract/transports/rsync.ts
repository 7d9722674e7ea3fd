import { RsyncTransport } from '#dist/transports/rsync/rsync-transport.js';
import { SshServer } from '../../support/servers/ssh-server.js';
import type { Flavour } from '../../support/servers/ssh-accounts.js';
import { holdToContract, serverForAll } from './hold.js';

/** rsync to an account of a real sshd. */
export function holdRsyncToContract(flavour: Flavour): void {
  const fresh = serverForAll(() => SshServer.start({ flavour }));
  holdToContract(async ({ links }) => {
    const { server, share } = await fresh();
    const transport = new RsyncTransport({
      sshTarget: `${server.user}@${server.host}`,
      sshKeyPath: server.keyPath,
      // The account that allows rsync only is locked into the server's folder already.
      remotePath: flavour === 'rsync-only' ? share.name : share.disk,
      port: server.port,
      knownHosts: server.knownHosts,
      links,
      timeoutSeconds: 30,
      requireSha256: false,
    });
    const setsAside = flavour !== 'rsync-only';
    return { transport, onServer: share.disk, setsAside, dispose: () => transport.close() };
  });
}
