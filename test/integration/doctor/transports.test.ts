import { RcloneTransport } from '#dist/transports/rclone/rclone-transport.js';
import { RsyncTransport } from '#dist/transports/rsync/rsync-transport.js';
import type { DoctorReport, Transport } from 'nas-sync';
import { expect, it } from 'vitest';
import { Lab, listing } from '../../support/lab.js';
import { rcloneConfig, type Remotes } from '../../support/servers/rclone-remotes.js';
import { SmbServer } from '../../support/servers/smb-server.js';
import type { Flavour } from '../../support/servers/ssh-accounts.js';
import { SshServer } from '../../support/servers/ssh-server.js';
import { untilTestEnds } from '../../support/servers/until-test-ends.js';
import { WebdavServer } from '../../support/servers/webdav-server.js';

interface Reached {
  readonly transport: Transport;
  /** Where the target lies on the server's disk. */
  readonly folder: string;
}

async function byRsync(flavour: Flavour): Promise<Reached> {
  const server = await untilTestEnds(SshServer.start({ flavour }));
  const { folder, port, knownHosts } = server;
  const transport = new RsyncTransport({
    sshTarget: `${server.user}@${server.host}`,
    sshKeyPath: server.keyPath,
    remotePath: flavour === 'rsync-only' ? '.' : folder,
    port,
    knownHosts,
    links: 'keep',
    timeoutSeconds: 30,
    requireSha256: false,
  });
  return { transport, folder };
}

async function byRclone(remote: string, path: string, remotes: Remotes, folder: string): Promise<Reached> {
  const transport = new RcloneTransport({
    rcloneRemote: remote,
    rcloneRemotePath: path,
    rcloneConfig: await rcloneConfig(remotes),
    transfers: null,
    checkers: null,
    links: 'keep',
    timeoutSeconds: 30,
    requireSha256: false,
  });
  return { transport, folder };
}

const WAYS: Readonly<Record<string, (lab: Lab) => Promise<Reached>>> = {
  'rsync to a server with a shell': () => byRsync('gnu'),
  'rsync to BusyBox': () => byRsync('busybox'),
  'rsync to an account that allows rsync only': () => byRsync('rsync-only'),
  'rclone to a local folder': (lab) => byRclone('local', lab.nas, {}, lab.nas),
  'rclone by SFTP': async () => {
    const sftp = await untilTestEnds(SshServer.start());
    return byRclone('sftp', sftp.folder, { sftp }, sftp.folder);
  },
  'rclone by WebDAV': async () => {
    const webdav = await untilTestEnds(WebdavServer.start());
    return byRclone('webdav', '', { webdav }, webdav.folder);
  },
  'rclone by SMB': async () => {
    const smb = await untilTestEnds(SmbServer.start());
    return byRclone('smb', smb.share, { smb }, smb.folder);
  },
};

const failures = ({ checks }: DoctorReport): string[] =>
  checks.filter(({ ok }) => !ok).map(({ name, detail }) => `${name}: ${detail}`);

it.each(Object.entries(WAYS))('finds all well, and leaves nothing behind: %s', async (_, reach) => {
  const lab = new Lab();
  const { transport, folder } = await reach(lab);
  const report = await lab.open({ transport, drive: 'none' }).doctor();
  expect(failures(report)).toEqual([]);
  expect(report.checks.find(({ name }) => name === 'damage_found')).toMatchObject({ ok: true });
  expect(listing(folder)).toEqual([]);
});
