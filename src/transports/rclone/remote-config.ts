import { NasSyncError } from '../../errors.js';
import { printable } from '../../run/printable.js';
import { readEncoding, type Encoding } from './name-encoding.js';

type Settings = Readonly<Record<string, string>>;

/** `rclone config dump`: every remote's settings. Holds passwords; nothing of it is ever shown. */
export type Dump = Readonly<Record<string, Settings>>;

/** One of `rclone config providers`. */
export interface Provider {
  readonly Name: string;
  readonly Options: readonly { readonly Name: string; readonly DefaultStr?: string }[];
}

export interface RemoteType {
  readonly type: string;
  readonly settings: Settings;
}

const MOST_ALIASES = 8;

/** What RCLONE_CONFIG_NAME_KEY says goes before the file, as it does for rclone. */
export function settingsOf(remote: string, dump: Dump, env: NodeJS.ProcessEnv = process.env): Settings {
  const prefix = `RCLONE_CONFIG_${remote.toUpperCase().replaceAll('-', '_')}_`;
  const given = Object.entries(env).flatMap(([name, value]) =>
    name.startsWith(prefix) && value !== undefined ? [[name.slice(prefix.length).toLowerCase(), value] as const] : [],
  );
  return { ...dump[remote], ...Object.fromEntries(given) };
}

/** The type of a remote, or of the one that it is another name of. `null` where nothing says it. */
export function typeOf(remote: string, dump: Dump, env?: NodeJS.ProcessEnv): RemoteType | null {
  let name = remote;
  for (let hop = 0; hop <= MOST_ALIASES; hop += 1) {
    const settings = settingsOf(name, dump, env);
    const { type, remote: leadsTo = '' } = settings;
    if (type === undefined) return null;
    if (type !== 'alias') return { type, settings };
    const [next, path] = leadsTo.split(':', 2);
    if (path === undefined || leadsTo.startsWith('/')) return { type: 'local', settings: {} };
    name = next ?? '';
  }
  return null;
}

/** Which characters the remote replaces: by its own setting, or by its type's default. */
export function encodingOf({ type, settings }: RemoteType, providers: readonly Provider[]): Encoding {
  const option = providers.find(({ Name }) => Name === type)?.Options.find(({ Name }) => Name === 'encoding');
  if (option === undefined) return 'raw';
  const text = settings['encoding'] ?? option.DefaultStr ?? '';
  // WebDAV has no default, and then passes names through as they are.
  if (text === '') return type === 'webdav' && settings['vendor'] === 'sharepoint-ntlm' ? SHAREPOINT : 'raw';
  const encoding = readEncoding(text);
  if (encoding !== null) return encoding;
  throw new NasSyncError(
    'not_configured',
    `the remote's encoding "${printable(text)}" is not understood; name its flags as rclone's documentation does`,
  );
}

const SHAREPOINT: Encoding = new Set(
  'Slash,LtGt,DoubleQuote,Colon,Question,Asterisk,Pipe,Hash,Percent,BackSlash,Del,Ctl,LeftSpace,LeftTilde,RightSpace,RightPeriod,InvalidUtf8,Dot'.split(
    ',',
  ),
);
