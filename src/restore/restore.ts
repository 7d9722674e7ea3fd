import { applyFolderMetadata } from '../bytes/folder-metadata.js';
import type { Engine } from '../engine/engine.js';
import { meet } from '../engine/reach-target.js';
import { HeldFolder, unlessAbsent } from '../run/fs/folder-handle.js';
import { makeFolder } from '../run/fs/make-folder.js';
import type { TransferProgress } from '../transports/transport.js';
import { assertNoneStale } from './assert-no-stale-logs.js';
import { survey, type Survey } from './compare-destination.js';
import { destinationOf, requireRoom } from './destination.js';
import type { Expected, ExpectedFile, ExpectedLink } from './expected.js';
import { haul } from './fetch-verified.js';
import { makeFolders, planFolders, type FolderPlan } from './folders.js';
import { placeFiles, placeLinks, type Placing } from './install-files.js';
import { expect } from './load-expected.js';
import { runToRestore, type RunToRestore } from './resolve-run.js';
import { bringRecord } from './restore-record.js';
import { Tally, type RestoreResult } from './restore-report.js';
import { select } from './select-entries.js';
import { Staging } from './staging.js';

export type { RestoreResult } from './restore-report.js';

export interface RestoreOptions {
  /** Another folder than the run's own; made if it is missing. */
  readonly to?: string;
  /** Files and folders by their paths in the run; else all of it. */
  readonly files?: readonly string[];
  /** Files with other content are replaced. What is no file never is. */
  readonly overwrite?: boolean;
  readonly signal?: AbortSignal;
}

interface Restoring {
  readonly engine: Engine;
  readonly run: RunToRestore;
  readonly to: string;
  readonly overwrite: boolean;
  readonly signal: AbortSignal;
  readonly tally: Tally;
}

/**
 * Brings a run, or files of it, back from the NAS. What is in place already is left alone, what arrives and is not what
 * was proven gets no name, and with one conflict nothing at all is written. May be repeated; the job is not touched.
 * @throws NasSyncError `usage`, `job_busy`, `not_allowed`, `run_not_found`, `run_outside_roots`, and the transport's
 */
export async function restoreRun(
  engine: Engine,
  jobIdOrRunPath: string,
  { to: elsewhere, files = [], overwrite = false, signal }: RestoreOptions & { readonly signal: AbortSignal },
): Promise<RestoreResult> {
  const run = await runToRestore(engine, jobIdOrRunPath);
  const to = await destinationOf(run, elsewhere ?? null, signal);
  await meet(engine, run.bay, signal);
  const expected = await expect(engine, run, signal);
  const entries = select(expected.entries, files, run.runPath);
  const tally = new Tally(engine, run, entries);
  try {
    const restoring = { engine, run, to, overwrite, signal, tally };
    const found = await look(restoring, entries, expected.entries);
    if (!tally.hasConflicts) {
      const record = files.length === 0 ? { manifestSha256: expected.manifestSha256 } : null;
      const written = writtenOf(found, overwrite);
      await write(restoring, written, planFolders(written, found, expected.entries), record);
    }
    return tally.result(to);
  } finally {
    tally.end();
  }
}

const writtenOf = ({ absent, different }: Survey, overwrite: boolean): readonly Expected[] =>
  overwrite ? [...absent, ...different] : absent;

async function look(
  { engine, run, to, overwrite, signal, tally }: Restoring,
  entries: readonly Expected[],
  all: readonly Expected[],
): Promise<Survey> {
  const root = await unlessAbsent(() => HeldFolder.open(to));
  try {
    const surveying = { pool: engine.pool, signal, onProgress: (progress: TransferProgress) => tally.moved(progress) };
    const found = await survey(root, to, entries, surveying);
    const written = writtenOf(found, overwrite);
    await assertNoneStale(
      root,
      to,
      { written, inPlace: found.equal, all },
      { ...surveying, onProgress: () => undefined },
    );
    tally.skip(found.equal);
    for (const { path } of found.blocked) tally.conflict(path);
    if (overwrite) return found;
    for (const { path } of found.different) {
      if (run.bay.names.isVolatile(path)) tally.leave(path);
      else tally.conflict(path);
    }
    return found;
  } finally {
    await root?.close();
  }
}

async function write(
  { engine, run, to, overwrite, signal, tally }: Restoring,
  entries: readonly Expected[],
  plan: FolderPlan,
  record: { readonly manifestSha256: string | null } | null,
): Promise<void> {
  const files = entries.filter((entry): entry is ExpectedFile => entry.kind === 'file');
  await requireRoom(to, files);
  await makeFolder(to);
  const root = await HeldFolder.open(to);
  try {
    const placing: Placing = {
      root,
      overwrite,
      onPlaced: (entry) => tally.restore(entry),
      onTaken: (path) => tally.conflict(path),
    };
    const begun = await makeFolders(plan, placing);
    const staging = await Staging.open(to, root);
    try {
      await haul(files, {
        ...{ engine, run, staging, signal },
        onProgress: (progress) => tally.moved(progress),
        onRight: (right) => placeFiles(right, staging, placing),
        onWrong: (wrong) => tally.mismatch(wrong.map(({ path }) => path)),
        onMissing: (missing) => tally.miss(missing.map(({ path }) => path)),
      });
      signal.throwIfAborted();
      await placeLinks(
        entries.filter((entry): entry is ExpectedLink => entry.kind === 'link'),
        placing,
      );
      if (record !== null) tally.mismatch(await bringRecord(run, root, record.manifestSha256, signal));
    } finally {
      await staging.remove();
    }
    await applyFolderMetadata(root, begun);
  } finally {
    await root.close();
  }
}
