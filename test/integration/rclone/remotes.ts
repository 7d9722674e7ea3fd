import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { RcloneTransport, type RcloneOptions } from '#dist/transports/rclone/rclone-transport.js';
import type { Lab } from '../../support/lab.js';
import { rcloneConfig } from '../../support/servers/rclone-remotes.js';
import { SmbServer } from '../../support/servers/smb-server.js';
import { SshServer } from '../../support/servers/ssh-server.js';
import { WebdavServer } from '../../support/servers/webdav-server.js';

export type RemoteName = 'local' | 'sftp' | 'webdav' | 'smb';
export const REMOTES: readonly RemoteName[] = ['local', 'sftp', 'webdav', 'smb'];

/** A target on a real server, and where it lies on the server's disk. */
export interface Remote {
  readonly name: RemoteName;
  readonly options: RcloneOptions;
  readonly server: SshServer | WebdavServer | SmbServer | null;
  readonly disk: string;
  /** The run's place on the server's disk. */
  onDisk(run: string, ...names: string[]): string;
  /** Ended with the test. */
  transport(changes?: Partial<RcloneOptions>): RcloneTransport;
}

const start = {
  local: () => null,
  sftp: () => SshServer.start(),
  webdav: () => WebdavServer.start(),
  smb: () => SmbServer.start(),
};

/**
 * A folder on a server of this kind. Its name is like no other's: the tools of a place are known by its name, and who
 * comes to a place ends what a former owner left running there.
 */
export async function remoteOf(name: RemoteName, lab: Lab): Promise<Remote> {
  const server = await start[name]();
  // What is mounted on the server's disk later is unmounted earlier.
  if (server !== null) lab.atEnd(() => server.stop());
  const top = server?.folder ?? lab.nas;
  const folder = `lab-${randomUUID()}`;
  const disk = join(top, folder);
  mkdirSync(disk, { recursive: true });
  const config = await rcloneConfig(server === null ? {} : { [name]: server });
  const path = { local: disk, sftp: disk, webdav: folder, smb: `nas/${folder}` }[name];
  const options: RcloneOptions = {
    ...{ rcloneRemote: name, rcloneRemotePath: path, rcloneConfig: config, links: 'keep' },
    ...{ transfers: null, checkers: null, timeoutSeconds: 20, requireSha256: false },
  };
  return {
    ...{ name, options, server, disk },
    onDisk: (run, ...names) => join(disk, run.slice(lab.local.length + 1), ...names),
    transport: (changes = {}) => {
      const transport = new RcloneTransport({ ...options, ...changes });
      lab.atEnd(() => transport.close());
      return transport;
    },
  };
}

export const never = (): AbortSignal => new AbortController().signal;
