import type { HashName } from '../../run/entry.js';
import type { RemoteType } from './remote-config.js';

/** What rclone itself would run on the server; any other command could print a hash that it never computed. */
const COMMANDS: Readonly<Record<HashName, readonly string[]>> = {
  md5: ['md5sum', 'md5 -r', 'rclone md5sum'],
  sha1: ['sha1sum', 'sha1 -r', 'rclone sha1sum'],
  sha256: ['sha256sum', 'sha256 -r', 'rclone sha256sum'],
};

/** With these a hash may be of another file than the one that SFTP shows, or come from another program than a server. */
const ESTRANGING = ['path_override', 'ssh', 'server_command'] as const;

/**
 * Whether this hash is computed from the file, on the server, when it is asked for. Only rclone's SFTP does so, by a
 * command in a shell there. What every other remote tells may be the text that the uploader sent.
 */
export function isComputedOnServer({ type, settings }: RemoteType, name: HashName): boolean {
  if (type !== 'sftp') return false;
  if (ESTRANGING.some((key) => (settings[key] ?? '') !== '')) return false;
  const shell = settings['shell_type'] ?? '';
  const command = settings[`${name}sum_command`] ?? '';
  return (shell === '' || shell === 'unix') && (command === '' || COMMANDS[name].includes(command));
}
