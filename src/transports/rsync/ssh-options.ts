/** The way to an account on a server. */
export interface SshOptions {
  /** `user@host`, or a host of `~/.ssh/config`. An IPv6 address may stand in brackets. */
  readonly sshTarget: string;
  readonly sshKeyPath: string;
  /** `null`: what ssh itself would take. */
  readonly port: number | null;
  readonly knownHosts: string | null;
  /** Nothing is heard of the server for so long: it is given up. */
  readonly timeoutSeconds: number;
}

/** Unanswered questions after which ssh takes the server for gone. */
const QUESTIONS = 3;

/** Key only, nothing asked, the server's key checked, nothing forwarded. */
export function masterArguments(options: SshOptions, socket: string): string[] {
  const seconds = Math.max(1, Math.round(options.timeoutSeconds / QUESTIONS));
  const settings = {
    ControlPersist: 'no',
    BatchMode: 'yes',
    PreferredAuthentications: 'publickey',
    IdentitiesOnly: 'yes',
    StrictHostKeyChecking: 'yes',
    UpdateHostKeys: 'no',
    ConnectTimeout: Math.max(1, Math.round(options.timeoutSeconds)),
    ServerAliveInterval: seconds,
    ServerAliveCountMax: QUESTIONS - 1,
    ForwardAgent: 'no',
    ForwardX11: 'no',
    ClearAllForwardings: 'yes',
    PermitLocalCommand: 'no',
    RequestTTY: 'no',
    // An alias may start a program of its own, such as a terminal's.
    RemoteCommand: 'none',
    // Quieter levels keep back why a connection ended.
    LogLevel: 'INFO',
    ...(options.knownHosts === null ? {} : { UserKnownHostsFile: quotedPath(options.knownHosts) }),
  };
  return [
    '-M',
    '-N',
    '-S',
    socket,
    ...Object.entries(settings).flatMap(([key, value]) => ['-o', `${key}=${value}`]),
    '-i',
    options.sshKeyPath,
    ...(options.port === null ? [] : ['-p', String(options.port)]),
    '--',
    withoutBrackets(options.sshTarget),
  ];
}

/**
 * For what goes over the open connection. Without it, ssh would open one of its own: a way that leads nowhere makes
 * that fail instead.
 */
export const sharedArguments = (socket: string): string[] => [
  '-F',
  'none',
  '-S',
  socket,
  '-o',
  'ProxyCommand=false',
  '-o',
  'LogLevel=ERROR',
];

/** The host that is named where the connection is open already, and any name will do. */
export const ANY_HOST = 'nas';

/** What rsync shall start in place of ssh. It cuts the text at spaces, and knows quotes. */
export const rsyncShell = (socket: string): string =>
  ['ssh', ...sharedArguments(socket)].map((word) => `"${word.replaceAll('"', '""')}"`).join(' ');

/** ssh takes an address as it stands; brackets are for where a port follows. */
const withoutBrackets = (target: string): string => target.replace(/\[([^[\]]+)\]$/u, '$1');

const quotedPath = (path: string): string => `"${path.replaceAll('%', '%%')}"`;
