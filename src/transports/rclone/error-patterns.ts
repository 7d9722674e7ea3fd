import type { ErrorKind } from '../../errors.js';

/** What a message of rclone's means for the job. */
export interface Meaning {
  /** At the end of rclone's own message, where no file's name can stand. */
  readonly end: RegExp;
  readonly kind: ErrorKind | 'changed';
  readonly says: string;
}

const meaning = (kind: Meaning['kind'], says: string, ...ends: string[]): Meaning => ({
  end: new RegExp(`(?:^|: |\\()(?:${ends.join('|')})$`, 'iu'),
  kind,
  says,
});

/** What went wrong here, on the workstation. */
export const LOCAL: readonly Meaning[] = [
  meaning('local_file_vanished', 'is gone from the run', 'failed to open source object: .*no such file or directory'),
  meaning(
    'source_invalid',
    'may not be read; fix its permissions, then retry',
    'failed to open source object: .*(?:permission denied|operation not permitted)',
  ),
  meaning('changed', 'changed while it was read', String.raw`can't copy - source file is being updated \(.*\)`),
];

/** rclone finds out by itself where nothing says it, takes fish for `cmd`, and writes that into its configuration. */
const SHELL_TYPE =
  "set shell_type in the remote's configuration: unix (sh, csh, fish), or none, so that files are read back";

/** What went wrong at the target. */
export const TARGET: readonly Meaning[] = [
  meaning(
    'not_configured',
    'rclone does not know this remote; fix transport.rclone_remote or transport.rclone_config',
    "didn't find section in config file(?: \\(.*\\))?",
  ),
  meaning(
    'not_configured',
    "rclone's configuration cannot be read; fix it, or give its password in RCLONE_CONFIG_PASS",
    "unable to decrypt configuration.*|(?:using )?--ask-password=false.*|couldn't decrypt configuration.*",
    'failed to load config file.*',
  ),
  meaning(
    'not_configured',
    `rclone takes the account's shell for another one; ${SHELL_TYPE}`,
    String.raw`failed to calculate \w+ hash: path is not valid in shell type \w+: .*`,
  ),
  meaning(
    'unknown',
    `the account's shell did not hash it; if rclone takes that shell for another one, ${SHELL_TYPE}`,
    String.raw`failed to calculate \w+ hash: failed to run .*`,
  ),
  meaning(
    'host_key',
    "the server's host key is not the one that is known; if that is right, fix the remote's known_hosts_file",
    'knownhosts: key (?:mismatch|is unknown)',
  ),
  meaning(
    'auth',
    "the server refuses the key or the password; fix the remote's credentials, then retry",
    'ssh: unable to authenticate, .*',
    '(?:401|407) [\\w ]*',
    'The attempted logon is invalid\\..*',
    'failed to (?:read|parse) private key file.*',
  ),
  meaning(
    'auth',
    'the target is read-only; make it writable, then retry',
    'read-only file system',
    '\\{Write Protect Error\\}.*',
  ),
  meaning(
    'auth',
    'the target does not let this user in; fix its permissions, then retry',
    'permission denied',
    'operation not permitted',
    'sftp: "Permission denied" \\(SSH_FX_PERMISSION_DENIED\\)',
    '403 [\\w ]*',
    '\\{Access Denied\\}.*',
  ),
  meaning(
    'target_full',
    'the target is full; make room there',
    'no space left on device|disk quota exceeded|file too big for remaining disk space',
    'An operation failed because the disk was full\\.',
    '507 [\\w ]*',
  ),
  meaning(
    'target_conflict',
    'a file stands on the target where the run has a folder, or the reverse; move it away',
    'is a directory|not a directory|is a file not a directory',
  ),
  meaning(
    'timeout',
    'the server did not answer in time',
    'i/o timeout|context deadline exceeded|.*Client\\.Timeout .*',
  ),
  meaning(
    'network',
    'the server has no share of this name; is it mounted?',
    '\\{Network Name Not Found\\}.*|The specified share name cannot be found on the remote server\\.',
  ),
  meaning(
    'network',
    'the server cannot be reached, or the connection broke',
    'connection (?:refused|reset by peer|lost|timed out)|connection reset|broken pipe|no route to host|no such host',
    '(?:network|host) is (?:unreachable|down)|EOF|unexpected EOF|server misbehaving|.*closed network connection',
    'Temporary failure in name resolution|.*\\(SSH_FX_(?:CONNECTION_LOST|NO_CONNECTION)\\)|connection lost',
    'ssh: (?:disconnect|rejected).*|http: server closed.*|(?:502|503|504) [\\w ]*',
  ),
];
