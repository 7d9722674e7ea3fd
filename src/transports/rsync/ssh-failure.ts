import { NasSyncError, type ErrorKind, type ToolRun } from '../../errors.js';
import { printable } from '../../run/printable.js';

interface Rule {
  readonly says: RegExp;
  readonly kind: ErrorKind;
  readonly fix: string;
}

/** ssh's own words, line by line; it ends with 255 whatever happened. The first that fits counts. */
const RULES: readonly Rule[] = [
  {
    says: /REMOTE HOST IDENTIFICATION HAS CHANGED/u,
    kind: 'host_key',
    fix: 'the server shows another host key than the one on record: it was set up anew, or somebody stands in between; ask its administrator, and only then renew the line in known_hosts',
  },
  {
    says: /^No \S+ host key is known for .* and you have requested strict checking|^Host key verification failed\.$/u,
    kind: 'host_key',
    fix: "the server's host key is not on record: compare its fingerprint with what the administrator says, and add it to known_hosts (ssh-keyscan shows it)",
  },
  // Before `auth`: a key that cannot be used is passed over, and then none is left to be accepted.
  {
    says: /^Load key ".*": |UNPROTECTED PRIVATE KEY FILE/u,
    kind: 'not_configured',
    fix: 'the key cannot be used; fix ssh_key_path, its format (no passphrase) and its permissions (600)',
  },
  {
    says: /: Permission denied \([a-z,-]*\)\.$|^Permission denied \([a-z,-]*\)\.$|Too many authentication failures/u,
    kind: 'auth',
    fix: 'the server does not accept this key for this user; have it added to authorized_keys there, or fix ssh_target and ssh_key_path',
  },
  {
    says: /^Bad owner or permissions on |^\S+: line \d+: Bad configuration option|^Bad configuration option/u,
    kind: 'not_configured',
    fix: "this machine's own ssh configuration is refused by ssh; fix it",
  },
  {
    says: /timed out|^Timeout, server .* not responding/u,
    kind: 'timeout',
    fix: 'the server does not answer in time; is it up, and the network?',
  },
  {
    says: /Could not resolve hostname/u,
    kind: 'network',
    fix: 'the host name is not known; fix ssh_target, or the DNS',
  },
  {
    says: /Connection (?:closed|reset|refused)|^Connection to .* closed|No route to host|Network is unreachable|kex_exchange_identification|banner exchange|Broken pipe|Session open refused|connect to host/u,
    kind: 'network',
    fix: 'the connection to the server failed or was cut; it is tried again',
  },
];

/** Why ssh did not get to the server, or lost it. */
export function sshFailure(host: string, lines: readonly string[], tool: ToolRun): NasSyncError {
  for (const { says, kind, fix } of RULES) {
    const line = lines.find((candidate) => says.test(candidate));
    if (line !== undefined) return new NasSyncError(kind, `${host}: ${fix} (ssh: ${printable(line)})`, { tool });
  }
  const last = lines.at(-1) ?? 'it gave no reason';
  return new NasSyncError('network', `${host}: the connection failed (ssh: ${printable(last)})`, { tool });
}
