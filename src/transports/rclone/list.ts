import { NasSyncError } from '../../errors.js';
import type { RunEntry } from '../../run/entry.js';
import { printable } from '../../run/printable.js';
import { RECORD_FOLDER } from '../../run/record/record-folder.js';
import { foreignNames } from '../volatile-folders.js';
import { failureOf, isMissing } from './failures.js';
import type { Outcome, Rclone } from './rclone.js';

/** Something on the remote, by the name that rclone gives it. */
export interface Listed {
  readonly path: string;
  readonly size: number;
  readonly isFolder: boolean;
  /** In ms since the epoch; `null` where it was not asked for. */
  readonly modifiedAt: number | null;
}

export interface ListRequest {
  readonly target: string;
  readonly signal: AbortSignal;
  /** Leaves out the run's own top record folder. */
  readonly withoutRecord?: boolean;
  readonly recursive?: boolean;
  readonly withTimes?: boolean;
  /** Filters that leave out volatile folders: {@link volatileFilters}. */
  readonly filters?: readonly string[];
}

/** Volatile folders that the run does not hold, as rclone leaves them out: their names, `*`, `?` and `[…]` are rclone's own. */
export const volatileFilters = (patterns: readonly string[], entries: readonly RunEntry[]): string[] =>
  foreignNames(patterns, entries).flatMap((pattern) => [
    '--exclude',
    `${pattern.replaceAll(/[{}\\]/gu, String.raw`\$&`).replaceAll(/\*+/gu, '*')}/**`,
  ]);

/** What a place on the remote holds; `null` for one that does not exist. */
export async function list(
  rclone: Rclone,
  request: ListRequest,
): Promise<{ listed: readonly Listed[]; outcome: Outcome } | null> {
  const { target, signal, withoutRecord = false, recursive = true, withTimes = false, filters = [] } = request;
  const place = rclone.at(target);
  const listed: Listed[] = [];
  const unread: string[] = [];
  let isWhole = false;
  const outcome = await rclone.run({
    args: [
      ...['lsjson', place, '--no-mimetype'],
      ...(recursive ? ['--recursive'] : []),
      ...(withTimes ? [] : ['--no-modtime']),
      ...(withoutRecord ? ['--exclude', `/${RECORD_FOLDER}/**`] : []),
      ...filters,
    ],
    target,
    signal,
    onOut: (line) => {
      isWhole = line === ']' || line === '[]';
      if (isWhole || line === '[') return;
      const entry = readEntry(line);
      if (entry === null) unread.push(line.slice(0, 200));
      else if (!withoutRecord || entry.path !== RECORD_FOLDER) listed.push(entry);
    },
  });
  if (outcome.run.exitCode !== 0) {
    // A folder that goes while it is listed is told in the same words as a place that was never there.
    if (isMissing(outcome) && listed.length === 0) return null;
    throw failureOf(outcome, { place: `rclone:${place}`, paths: [place] });
  }
  const fault = faultOf(unread, isWhole);
  if (fault === null) return { listed, outcome };
  throw new NasSyncError('unknown', `rclone:${printable(place)}: rclone's list ${fault}`, { tool: outcome.run });
}

function faultOf([strange]: readonly string[], isWhole: boolean): string | null {
  if (strange !== undefined) return `holds a line that cannot be read: ${printable(strange)}`;
  return isWhole ? null : 'has no end';
}

/** One entry a line is how every rclone prints it; anything else must not pass for an empty folder. */
function readEntry(line: string): Listed | null {
  try {
    const { Path, Size, IsDir, ModTime } = JSON.parse(line.replace(/,$/u, '')) as Record<string, unknown>;
    if (typeof Path !== 'string' || Path === '' || typeof Size !== 'number') return null;
    const modifiedAt = typeof ModTime === 'string' && ModTime !== '' ? Date.parse(ModTime) : null;
    return { path: Path, size: Size, isFolder: IsDir === true, modifiedAt };
  } catch {
    return null;
  }
}

/**
 * The top of the target is never made by us: what is not mounted on the server must not be filled instead.
 * @throws NasSyncError `network`
 */
export async function requireTop(rclone: Rclone, signal: AbortSignal): Promise<void> {
  const place = `rclone:${rclone.at()}`;
  const chunks: Buffer[] = [];
  const args = ['lsjson', '--stat', '--no-mimetype', rclone.at()];
  const outcome = await rclone.run({ args, signal, onChunk: (chunk) => chunks.push(chunk) });
  if (outcome.run.exitCode === 0 && /"IsDir":\s*true/u.test(Buffer.concat(chunks).toString('utf8'))) return;
  if (outcome.run.exitCode !== 0 && !isMissing(outcome)) throw failureOf(outcome, { place, paths: [rclone.at()] });
  const message = `there is no folder ${printable(place)}; is the share mounted?`;
  throw new NasSyncError('network', message, { tool: outcome.run });
}
