import type { OddName } from 'nas-sync/testing';
import { RcloneTransport } from '#dist/transports/rclone/rclone-transport.js';
import { rcloneConfig, type Remotes } from '../../support/servers/rclone-remotes.js';
import { holdToContract } from './hold.js';

/** What rclone's list of names in a file cannot tell, whatever the remote. */
export const LINE_BREAKS = [
  'newline',
  'carriage return',
  'carriage return and newline at the end',
] as const satisfies readonly OddName[];

export interface RcloneTarget {
  /** The section of rclone's configuration, and the path behind its colon. */
  readonly remote: 'local' | 'sftp' | 'webdav' | 'smb';
  readonly path: string;
  readonly remotes: Remotes;
  /** Where that path lies on a disk. */
  readonly onServer: string;
  readonly listsInFull?: boolean;
  readonly remove?: () => Promise<void>;
}

/** rclone to one kind of remote; `start` is called for each case. `refusesNames`: what this remote cannot hold. */
export function holdRcloneToContract(start: () => Promise<RcloneTarget>, refusesNames: readonly OddName[]): void {
  holdToContract(async ({ links }) => {
    const { remote, path, remotes, onServer, listsInFull = true, remove } = await start();
    const transport = new RcloneTransport({
      rcloneRemote: remote,
      rcloneRemotePath: path,
      rcloneConfig: await rcloneConfig(remotes),
      transfers: null,
      checkers: null,
      links,
      timeoutSeconds: 30,
      requireSha256: false,
    });
    // As rclone 1.60 writes; and no remote has a way to make a file only where there is none.
    const limits = { writesInPlace: true, tellsFirstWriter: false, listsInFull };
    const dispose = async (): Promise<void> => {
      await transport.close();
      await remove?.();
    };
    return { transport, onServer, refusesNames, ...limits, dispose };
  });
}
