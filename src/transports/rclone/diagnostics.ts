import { printable } from '../../run/printable.js';
import type { Examined } from '../transport.js';
import { isAtLeast, type Backend } from './backend.js';
import { changing } from './name-encoding.js';
import type { RcloneOptions } from './rclone.js';

const fine = (name: string, detail: string, fix: string | null = null): Examined => ({ name, ok: true, detail, fix });

/** What a remote that answered can do, and what a newer rclone would add. */
export function examineBackend(backend: Backend, options: RcloneOptions): readonly Examined[] {
  const { rcloneRemote, rcloneConfig } = options;
  const config = rcloneConfig ?? 'where rclone itself looks';
  return [
    versionLine(backend),
    fine(
      'rclone_remote',
      `${printable(rcloneRemote)} is a remote of type ${backend.remoteType} (configuration: ${config})`,
    ),
    hashLine(backend, options),
    namesLine(backend),
    backend.keepsEmptyFolders
      ? fine('rclone_folders', 'the remote can hold empty folders')
      : fine('rclone_folders', 'the remote cannot hold empty folders; a run that has one is refused by name'),
    fine(
      'rclone_links',
      'no remote is given links; a run that has one is refused by name, unless `links: follow` is set',
    ),
  ];
}

function versionLine(backend: Backend): Examined {
  const gains = [
    ...(isAtLeast(backend, 66) ? [] : ['1.66 writes a file under another name until it is whole']),
    ...(isAtLeast(backend, 71) || backend.remoteType !== 'sftp' ? [] : ['1.71 can ask an SFTP server for SHA-256']),
  ];
  const fix = gains.length === 0 ? null : `a newer rclone would do more: ${gains.join('; ')}`;
  return fine('rclone_version', printable(backend.versionText), fix);
}

function hashLine({ hash, hashes, remoteType, shellType }: Backend, { requireSha256 }: RcloneOptions): Examined {
  const offered = hashes.length === 0 ? 'none' : printable(hashes.join(', '));
  if (hash.by === 'disk') return fine('rclone_hash', 'the remote is a disk of this machine, which is read directly');
  if (hash.by === 'server') {
    const weak = hash.name !== 'sha256';
    const fix = weak ? 'if only SHA-256 will do, set verify.require_sha256: true; every file is read back then' : null;
    return fine('rclone_hash', `the server computes ${hash.name} (evidence: remote-hash; it offers ${offered})`, fix);
  }
  const why =
    requireSha256 && hashes.length > 0
      ? 'verify.require_sha256 asks for it'
      : `no hash that ${remoteType} tells is surely computed from the file (docs/evidence.md)`;
  const otherShell = remoteType === 'sftp' && shellType !== '' && shellType !== 'unix';
  return fine(
    'rclone_hash',
    `every file is read back and hashed here (evidence: read-back), as ${why}; it offers ${offered}`,
    otherShell
      ? `rclone takes the account's shell for ${printable(shellType)} (shell_type); if it is sh, csh or fish, set shell_type = unix for this remote, and the server hashes`
      : null,
  );
}

function namesLine({ encoding, caseInsensitive }: Backend): Examined {
  const flags = changing(encoding);
  const refused =
    flags.length === 0
      ? 'no characters but line breaks and U+201B'
      : `names that these flags of rclone would change: ${flags.join(', ')}`;
  const folded = caseInsensitive ? ', and names that differ in capitals only' : '';
  return fine('rclone_names', `refused are ${refused}${folded}`);
}

/** The same lines where the remote could not be asked. */
export const notExamined = (message: string): Examined => ({
  name: 'rclone_remote',
  ok: false,
  detail: message,
  fix: 'fix what the message says, then ask again',
});
