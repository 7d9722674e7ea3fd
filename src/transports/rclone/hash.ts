import { NasSyncError, type ToolRun } from '../../errors.js';
import type { Digest, HashName } from '../../run/entry.js';
import { printable } from '../../run/printable.js';
import { RECORD_FOLDER } from '../../run/record/record-folder.js';
import { failureOf } from './failures.js';
import type { Rclone, RcloneOptions } from './rclone.js';

const DIGITS: Readonly<Record<HashName, number>> = { md5: 32, sha1: 40, sha256: 64 };
/** A server that reads slower than this is taken for one that has stopped. */
const SLOWEST_BYTES_PER_MS = (5 * 1024 * 1024) / 1000;

export interface HashesRequest {
  readonly target: string;
  readonly name: HashName;
  /** Reads the files back and hashes them here, whatever the server could tell. */
  readonly download: boolean;
  /** By rclone's names; `null`: all but the run's own record folder. */
  readonly only: readonly string[] | null;
  /** Beside the record folder, where `only` is `null`. */
  readonly filters?: readonly string[];
  readonly largest: number;
  readonly signal: AbortSignal;
  readonly onFile: (path: string) => void;
}

/**
 * Hashes of files on the remote, by rclone's names. A name that comes twice is left out, so that it equals nothing: on
 * a remote that passes line breaks through, a file's name can look like another one's line.
 */
export async function hashesOf(
  rclone: Rclone,
  options: Pick<RcloneOptions, 'checkers'>,
  request: HashesRequest,
): Promise<{ digests: ReadonlyMap<string, Digest>; tool: ToolRun }> {
  const { target, name, download, only, largest, signal, filters = [] } = request;
  const place = rclone.at(target);
  const digests = new Map<string, Digest>();
  const seen = new Set<string>();
  const untold: string[] = [];
  const onLine = (line: string): void => {
    const { hash, path } = /^(?<hash> *[0-9A-Za-z]+) {2}(?<path>.+)$/su.exec(line)?.groups ?? {};
    if (hash === undefined || path === undefined) return;
    if (!isHash(hash, name)) {
      untold.push(path);
      return;
    }
    if (seen.has(path)) digests.delete(path);
    else digests.set(path, `${name}:${hash}`);
    seen.add(path);
    request.onFile(path);
  };
  const outcome = await rclone.run({
    args: [
      ...['hashsum', name, place],
      ...(download ? ['--download'] : []),
      ...(options.checkers === null ? [] : ['--checkers', String(options.checkers)]),
      ...(only === null ? ['--exclude', `/${RECORD_FOLDER}/**`, ...filters] : ['--files-from-raw', '-']),
    ],
    ...(only === null ? {} : { input: lines(only) }),
    target,
    signal,
    silenceMs: () => rclone.timeoutMs + largest / SLOWEST_BYTES_PER_MS,
    onOut: onLine,
  });
  if (outcome.run.exitCode !== 0) throw failureOf(outcome, { place: `rclone:${place}`, paths: [place] });
  const [first] = untold;
  if (first === undefined) return { digests, tool: outcome.run };
  throw new NasSyncError(
    'not_configured',
    `rclone:${printable(place)}: the server gave no ${name} of ${printable(first)}; set ${name}sum_command = none in the remote's configuration, so that files are read back`,
    { tool: outcome.run },
  );
}

const isHash = (text: string, name: HashName): boolean => text.length === DIGITS[name] && /^[0-9a-f]+$/u.test(text);

/**
 * For `--files-from-raw -`: a list on standard input needs no file that a crash would leave behind.
 * @throws NasSyncError `source_invalid` where one name would be read as several
 */
export function lines(names: readonly string[]): string {
  const broken = names.find((name) => /[\r\n\0]/u.test(name));
  if (broken === undefined) return names.map((name) => `${name}\n`).join('');
  throw new NasSyncError(
    'source_invalid',
    `${printable(broken)} holds a line break, and the lists of rclone are made of lines; bring or rename it by hand`,
  );
}
