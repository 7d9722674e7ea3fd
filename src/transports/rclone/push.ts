import { NasSyncError, type ToolRun } from '../../errors.js';
import type { FileEntry } from '../../run/entry.js';
import { printable } from '../../run/printable.js';
import { RECORD_FOLDER } from '../../run/record/record-folder.js';
import type { PushRequest, PushResult } from '../transport.js';
import { emptyFolders } from './assert-names.js';
import { requireUnchanged } from './assert-source-unchanged.js';
import { isAtLeast, type Site } from './backend.js';
import { diagnose } from './classify-write-failure.js';
import { copyFiles, PARTIAL_SUFFIX } from './copy.js';
import { makeFolders } from './make-empty-folders.js';
import { rcloneName } from './name-encoding.js';
import { planPush } from './plan-push.js';
import type { Outcome } from './rclone.js';
import { findRefusal } from './rejected-name.js';

/** Sends what is not in place with equal content, and makes the folders that no file would make. */
export async function pushPlace(site: Site, request: PushRequest): Promise<PushResult> {
  const { rclone } = site;
  const plan = await planPush(site, request);
  const tools: ToolRun[] = [...plan.tools];
  const inPlaceBytes = sizeOf(plan.inPlace);
  const byRcloneName = new Map(plan.toSend.map((file) => [rcloneName(file.path), file.path]));
  const nameOf = (name: string): string => byRcloneName.get(name) ?? name;
  request.onProgress({ bytes: inPlaceBytes, files: plan.inPlace.length, currentFile: null });

  if (plan.toSend.length > 0) {
    const outcome = await copyFiles(rclone, site.options, {
      from: request.source,
      to: rclone.at(request.target),
      files: [...byRcloneName.keys()],
      target: request.target,
      flags: [...partialFlags(site), ...(plan.toSend.some((file) => file.followed) ? ['--copy-links'] : [])],
      capKiBps: request.capKiBps,
      signal: request.signal,
      onArrived: request.onArrived,
      onStats: ({ bytes, transfers, current }) =>
        request.onProgress({
          bytes: inPlaceBytes + bytes,
          files: plan.inPlace.length + transfers,
          currentFile: current === null ? null : nameOf(current),
        }),
    });
    await requireAllSent(site, request, plan.toSend, outcome, nameOf);
    tools.push(outcome.run);
  }
  const made = await makeFolders(site, request, emptyFolders(request.entries).filter(plan.isMissing));
  if (made !== null) {
    request.onArrived();
    tools.push(made);
  }
  return { copiedFiles: plan.toSend.length, copiedBytes: sizeOf(plan.toSend), tools };
}

const sizeOf = (files: readonly FileEntry[]): number => files.reduce((sum, file) => sum + file.identity.size, 0);

/** Before 1.63 a file grows under its own name. From 1.66 on, its name until then can be one that is surely ours. */
function partialFlags({ backend }: Site): string[] {
  if (isAtLeast(backend, 66)) return ['--partial-suffix', PARTIAL_SUFFIX];
  return isAtLeast(backend, 63) ? ['--inplace'] : [];
}

/** rclone leaves out files of its list that it does not find, and calls that a success. */
async function requireAllSent(
  { rclone, backend }: Site,
  request: PushRequest,
  files: readonly FileEntry[],
  outcome: Outcome,
  nameOf: (name: string) => string,
): Promise<void> {
  const { run, stats, complaints } = outcome;
  const place = rclone.at(request.target);
  if (run.exitCode !== 0) {
    const blamed = new Set(complaints.map(({ object }) => nameOf(object)));
    const suspects = files.filter((file) => blamed.has(file.path));
    await requireUnchanged(request.source, suspects);
    const where = { place: `rclone:${place}`, paths: [place, request.source], nameOf };
    const trial = { folder: `${request.target}/${RECORD_FOLDER}`, paths: suspects.map(({ path }) => path) };
    const refusal = await findRefusal(rclone, { ...trial, hasTop: backend.hasTop }, outcome, request.signal);
    if (refusal !== null) throw refusal;
    throw await diagnose(rclone, outcome, where, sizeOfLargest(suspects), request.signal);
  }
  if (stats?.transfers === files.length) return;
  await requireUnchanged(request.source, files);
  throw new NasSyncError(
    'unknown',
    `rclone sent ${stats?.transfers ?? 0} of ${files.length} files to ${printable(`rclone:${place}`)} and said nothing of the others`,
    { tool: run },
  );
}

const sizeOfLargest = (files: readonly FileEntry[]): number => Math.max(0, ...files.map((file) => file.identity.size));
