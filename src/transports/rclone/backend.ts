import { NasSyncError } from '../../errors.js';
import type { HashName } from '../../run/entry.js';
import { printable } from '../../run/printable.js';
import { failureOf } from './failures.js';
import type { Encoding } from './name-encoding.js';
import type { Rclone, RcloneOptions } from './rclone.js';
import { encodingOf, typeOf, type Dump, type Provider, type RemoteType } from './remote-config.js';
import { isComputedOnServer } from './server-hash.js';

/** Where a file's hash comes from. */
export interface HashWay {
  readonly name: HashName;
  /** `disk`: the remote is this machine, and we read it ourselves. `download`: read back through rclone. */
  readonly by: 'disk' | 'server' | 'download';
}

/** What a remote is and can do. */
export interface Backend {
  readonly version: readonly [number, number];
  readonly versionText: string;
  readonly remoteType: string;
  /** The folder on this machine that it is, or `null`. */
  readonly localRoot: string | null;
  readonly encoding: Encoding;
  readonly caseInsensitive: boolean;
  readonly keepsEmptyFolders: boolean;
  /** Whether its top can be asked for: buckets hold no empty folder, and so may have no top yet. */
  readonly hasTop: boolean;
  readonly renames: boolean;
  readonly hash: HashWay;
  readonly hashes: readonly string[];
  /** What rclone takes the shell of an SFTP account for; `''` where nothing says it. */
  readonly shellType: string;
}

interface Features {
  readonly Root: string;
  readonly Hashes: readonly string[] | null;
  readonly Features: Readonly<Record<string, boolean>>;
}

/** Remotes that keep other names or contents than they are given, or tell hashes of what they do not hold. */
const OPAQUE: ReadonlySet<string> = new Set(['cache', 'chunker', 'combine', 'compress', 'crypt', 'hasher', 'union']);

export async function askBackend(rclone: Rclone, options: RcloneOptions, signal: AbortSignal): Promise<Backend> {
  const [version, providers, features] = await Promise.all([
    ask(rclone, ['version'], signal),
    ask(rclone, ['config', 'providers'], signal),
    ask(rclone, ['backend', 'features', rclone.at()], signal),
  ]);
  // Last: rclone now has tried the shell of an SFTP account, and written what it takes it for into its configuration.
  const dump = await ask(rclone, ['config', 'dump'], signal);
  const { Root, Hashes, Features: can } = JSON.parse(features) as Features;
  const remoteType = requirePlain(typeOf(options.rcloneRemote, JSON.parse(dump) as Dump), options.rcloneRemote);
  const hashes = Hashes ?? [];
  const isLocal = can['IsLocal'] === true && remoteType.type === 'local';
  const keepsEmptyFolders = can['CanHaveEmptyDirectories'] === true;
  return {
    version: versionIn(version),
    versionText: version.split('\n', 1)[0] ?? '',
    remoteType: remoteType.type,
    localRoot: isLocal ? Root : null,
    encoding: encodingOf(remoteType, JSON.parse(providers) as readonly Provider[]),
    caseInsensitive: can['CaseInsensitive'] === true,
    keepsEmptyFolders,
    hasTop: keepsEmptyFolders,
    renames: can['Move'] === true || can['Copy'] === true,
    hash: hashWay(remoteType, hashes, options.requireSha256),
    hashes,
    shellType: remoteType.settings['shell_type'] ?? '',
  };
}

async function ask(rclone: Rclone, args: readonly string[], signal: AbortSignal): Promise<string> {
  const chunks: Buffer[] = [];
  const outcome = await rclone.run({ args, signal, onChunk: (chunk) => chunks.push(chunk) });
  if (outcome.run.exitCode !== 0) throw failureOf(outcome, { place: `rclone:${rclone.at()}`, paths: [rclone.at()] });
  return Buffer.concat(chunks).toString('utf8');
}

/**
 * A hash that the server computes is best; one that it only keeps, or that is weaker than asked for, is worth less than
 * reading back.
 */
export function hashWay(remote: RemoteType, hashes: readonly string[], requireSha256: boolean): HashWay {
  // rclone would read it through this machine's page cache, and call that the remote's hash.
  if (remote.type === 'local') return { name: 'sha256', by: 'disk' };
  const offered = (['sha256', 'sha1', 'md5'] as const).find(
    (name) => hashes.includes(name) && isComputedOnServer(remote, name),
  );
  if (offered === undefined || (requireSha256 && offered !== 'sha256')) return { name: 'sha256', by: 'download' };
  return { name: offered, by: 'server' };
}

function requirePlain<T extends { type: string } | null>(found: T, remote: string): NonNullable<T> {
  if (found === null) {
    throw new NasSyncError(
      'not_configured',
      `rclone does not say of what type the remote ${printable(remote)} is; define it in its configuration file`,
    );
  }
  if (!OPAQUE.has(found.type)) return found;
  throw new NasSyncError(
    'not_configured',
    `the remote ${printable(remote)} is of type ${printable(found.type)}, which stores other names or contents than it is given; use the remote below it`,
  );
}

export function versionIn(text: string): readonly [number, number] {
  const { major, minor } = /v(?<major>\d+)\.(?<minor>\d+)/u.exec(text)?.groups ?? {};
  return [Number(major ?? 0), Number(minor ?? 0)];
}

export const isAtLeast = ({ version: [major, minor] }: Pick<Backend, 'version'>, wanted: number): boolean =>
  major > 1 || (major === 1 && minor >= wanted);

/** All that a piece of work needs to know of where it works. */
export interface Site {
  readonly rclone: Rclone;
  readonly options: RcloneOptions;
  readonly backend: Backend;
}
