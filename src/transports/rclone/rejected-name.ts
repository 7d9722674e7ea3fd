import { randomUUID } from 'node:crypto';
import { posix } from 'node:path';
import { NasSyncError } from '../../errors.js';
import { temporaryName } from '../../run/fs/temp-files.js';
import { printable } from '../../run/printable.js';
import { refusedName } from '../target-failure.js';
import { TOKEN_FILE } from '../target-identity.js';
import { failureOf } from './failures.js';
import { readMeta } from './metadata.js';
import { rcloneName } from './name-encoding.js';
import type { Outcome, Rclone } from './rclone.js';

export interface FailedNames {
  /** A folder on the target in which names may be tried; `''`: its top. */
  readonly folder: string;
  /** What was blamed, relative to the run, or the run's place. */
  readonly paths: readonly string[];
  readonly hasTop: boolean;
}

/** Other failures have a meaning of their own. */
const MAY_BE_OF_NAME: ReadonlySet<string> = new Set(['unknown', 'auth', 'network']);
/** Each name that is tried is a start of rclone. */
const MOST_PATHS = 3;
const PLAIN = 'plain';

/**
 * Tells a name that the server refuses (Samba's vetoed files: "file does not exist") from a server that takes nothing:
 * the token still reads, this name cannot be made, and right after it a plain one can. `null`: the names are not wrong.
 */
export async function findRefusal(
  rclone: Rclone,
  { folder, paths, hasTop }: FailedNames,
  outcome: Outcome,
  signal: AbortSignal,
): Promise<NasSyncError | null> {
  const plain = failureOf(outcome, { place: rclone.at(folder) });
  if (paths.length === 0 || !(plain instanceof NasSyncError) || !MAY_BE_OF_NAME.has(plain.code)) return null;
  const trial = posix.join(folder, temporaryName());
  try {
    if ((await readMeta(rclone, TOKEN_FILE, hasTop, signal)) === null) return null;
    for (const path of paths.slice(0, MOST_PATHS)) {
      const name = await findRefusedName(rclone, trial, path, signal);
      if (name === null) continue;
      if ((await make(rclone, `${trial}/${PLAIN}`, signal)) !== null) return null;
      return refusedName(path, name, outcome.complaints[0]?.message ?? 'rclone gave no reason', { tool: outcome.run });
    }
    return null;
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof NasSyncError) return null;
    throw error;
  } finally {
    await rclone.run({ args: ['purge', rclone.at(trial)], target: folder, signal }).catch(() => undefined);
  }
}

/**
 * At first contact: the target takes a plain name at its top, but not the token's, which begins with a dot as all names of
 * ours do. `null`: it takes neither.
 */
export async function findOwnNameRefused(
  rclone: Rclone,
  outcome: Outcome,
  signal: AbortSignal,
): Promise<NasSyncError | null> {
  const failure = failureOf(outcome, { place: rclone.at() });
  if (!(failure instanceof NasSyncError) || !MAY_BE_OF_NAME.has(failure.code)) return null;
  const trial = `nas-sync-trial-${randomUUID()}`;
  if ((await make(rclone, trial, signal)) !== null) return null;
  await rclone.run({ args: ['deletefile', rclone.at(trial)], target: '', signal });
  return new NasSyncError(
    'not_configured',
    `rclone:${printable(rclone.at())}: the target takes other names, but not ${TOKEN_FILE}; let it take names that begin with .nas-sync and .exlab-wizard (Samba: veto files), then retry`,
    { tool: outcome.run },
  );
}

async function findRefusedName(
  rclone: Rclone,
  trial: string,
  path: string,
  signal: AbortSignal,
): Promise<string | null> {
  for (const name of path.split('/').filter((segment) => segment !== '')) {
    if ((await make(rclone, `${trial}/${rcloneName(name)}`, signal)) !== null) return name;
  }
  return null;
}

/** `null`: it was made. */
async function make(rclone: Rclone, path: string, signal: AbortSignal): Promise<Outcome | null> {
  const outcome = await rclone.run({ args: ['rcat', rclone.at(path)], input: 'x', target: '', signal });
  return outcome.run.exitCode === 0 ? null : outcome;
}
