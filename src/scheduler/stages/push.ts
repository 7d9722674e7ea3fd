import { releasedOf } from '../../cleanup/deletion-progress.js';
import { bringBackTrash } from '../../cleanup/trash.js';
import { capKiBps } from '../../config/bandwidth.js';
import type { Work, WorkOrder, WorkResult } from '../../engine/job-task.js';
import { requireNoneOnlyThere, requireNotCleaned } from '../../engine/prior-proof.js';
import { reporter } from '../../engine/progress.js';
import type { NamesOnNas } from '../../engine/removed-names.js';
import type { RunWalk } from '../../run/entry.js';
import { readRecord } from '../../run/record/record.js';
import { notKept } from '../../run/rejected-entry.js';
import { walkRun } from '../../run/walk.js';
import { assertNotSource, assertTargetIsElsewhere } from '../../transports/assert-separate.js';
import { claimTarget } from '../../transports/claim-target-path.js';
import { meetTarget, requireTokenOutside } from '../../transports/target-identity.js';
import type { PushResult, Transport } from '../../transports/transport.js';
import { DigestBook } from '../../verify/digest-cache.js';
import { hashUnread } from '../../verify/hash-local.js';
import { filesOf, firstDifference, requireExpressible, vanished } from '../../verify/run-changes.js';
import { withReleased } from '../../verify/with-deleted.js';
import { requireOwnHistory } from './foreign-history.js';
import { HistoryWatch } from './history-watch.js';
import { NONE_REMOVED, findRemoved, setRemovedAside } from './set-removed-aside.js';
import { deferred, failed, stillChanging } from './stage-failure.js';

/** State `running`: brings the run's bytes to its place on the target, and reads each local file once. */
export const pushWork: Work = async (order) => {
  let arrived = false;
  try {
    return await push(order, () => (arrived = true));
  } catch (error) {
    return failed(order, 'push', error, arrived);
  }
};

async function push(order: WorkOrder, onArrived: () => void): Promise<WorkResult> {
  const { job, bay, engine, signal } = order;
  const { links } = bay.equipment.transport;
  await requireNotCleaned(order);
  // A push needs every file that there is.
  await bringBackTrash(order);
  await bay.transport.requireApart(job.runPath, job.targetPath, signal);
  const known = await engine.store.targets.tokenOf(bay.transport.place);
  const meeting = meetTarget(bay.transport, engine.store.targets, engine.clock.now(), signal);
  // At first contact a token is left on the target: if that lies in the run, the walk must come across it.
  if (known === null) await meeting.catch(() => null);
  // Else beside the walk: on a long way, the answer takes longer. It still decides first.
  const { isVolatile, isExcluded } = bay.names;
  const walkNow = () => walkRun(job.runPath, { links, signal, isExcluded });
  const [met, walked] = await Promise.allSettled([meeting, walkNow()]);
  const closed = outcomeOf(met);
  if (closed !== null) return deferred(order, 'push', closed);

  const record = await readRecord(job.runPath);
  const walk = outcomeOf(walked);
  requireExpressible(walk, isVolatile);
  requireLinksKept(walk, bay.transport);
  const { runPath: source, targetPath: target } = job;
  await bay.transport.requireHolds({ source, target, entries: walk.entries }, signal);
  await requireTokenOutside({ path: job.runPath, entries: walk.entries }, bay.transport, engine.store.targets);
  const book = await DigestBook.open(job.jobId, engine.store.digests, await bay.transport.hashName(signal));
  const { released } = await releasedOf(engine, job);
  const removed = released === null ? await findRemoved(order, walk, book) : NONE_REMOVED;
  if (released !== null) await requireNothingLost(order, withReleased(walk, released));
  await requireNoneOnlyThere(order, withReleased(walk, released), { record, isAccepted: removed.isAccepted });
  await assertNotSource(bay.transport, { source, target }, signal);
  await claimTarget(bay.transport, job.targetPath, record, signal);
  await assertTargetIsElsewhere(bay.transport, { source, target }, signal);
  const pass = await requireOwnHistory(order, { walk, book, isAccepted: removed.isAccepted });
  if (released === null) await setRemovedAside(order, walk, removed);
  await book.keepOnly(filesOf(released === null ? walk : withReleased(walk, released)));
  if (released === null) await noteNames(order, walk, removed.onNas);

  const watch = new HistoryWatch(order, pass);
  const pushed = await pushEntries(order, walk, { book, watch, onArrived });
  // Each has a digest now, which says as much.
  await engine.store.removals.forgetPushedFiles(job.jobId);
  const difference = firstDifference(walk, await walkNow(), isVolatile);
  if (difference !== null) return stillChanging(order, difference);
  return {
    event: {
      type: 'push.succeeded',
      at: engine.clock.now(),
      files: walk.files,
      bytes: walk.bytes,
      copied: pushed.copiedFiles,
    },
  };
}

/** @throws what it was rejected with */
function outcomeOf<T>(settled: PromiseSettledResult<T>): T {
  if (settled.status === 'rejected') throw settled.reason;
  return settled.value;
}

/** @throws NasSyncError `source_invalid`, naming the first link of a run whose target can hold none */
function requireLinksKept(walk: RunWalk, { keepsLinks }: Transport): void {
  const links = walk.entries.filter((entry) => entry.kind === 'link');
  if (!keepsLinks) requireExpressible({ ...walk, refused: links.map(({ path }) => notKept(path)) });
}

/** Once a deletion has begun, what was proven is here or left by our own hand. @throws RunLostError */
async function requireNothingLost({ job, engine }: WorkOrder, walk: RunWalk): Promise<void> {
  const present = new Set(filesOf(walk).map((file) => file.path));
  const proven = await engine.store.proofs.provenFiles(job.jobId);
  const lost = [...proven.keys()].filter((path) => !present.has(path));
  if (lost.length > 0) throw vanished('since the NAS proved to hold it', lost);
}

/** Before they are pushed: where the program goes on to rename them, a push that was cut off must know its own. */
async function noteNames({ job, engine }: WorkOrder, walk: RunWalk, { kinds }: NamesOnNas): Promise<void> {
  const unknown = walk.entries.filter(({ path, kind }) => kinds.get(path) !== kind);
  await engine.store.removals.addPushedNames(job.jobId, unknown);
}

interface PushContext {
  readonly book: DigestBook;
  readonly watch: HistoryWatch;
  readonly onArrived: () => void;
}

async function pushEntries(
  order: WorkOrder,
  walk: RunWalk,
  { book, watch, onArrived }: PushContext,
): Promise<PushResult> {
  const { job, bay, engine } = order;
  const { signal } = watch;
  const { transport, equipment } = bay;
  const files = filesOf(walk);
  const report = reporter(order, 'push', walk);
  try {
    const pushing = transport.push({
      source: job.runPath,
      target: job.targetPath,
      entries: walk.entries,
      sha256Of: (file) => book.sha256Of(file),
      onDigests: (digests) => {
        for (const { file, sha256 } of digests) book.record(file, { sha256, other: null });
      },
      matches: (file, content) => book.matches(file, content),
      readNow: (some) => hashUnread(job.runPath, some, book, engine.pool, { signal }),
      capKiBps: () => capKiBps(equipment.transport.bandwidth, new Date(engine.clock.now())),
      signal,
      onProgress: (progress) => {
        report(progress);
        watch.onProgress();
      },
      onArrived,
    });
    const hashing: Promise<unknown> = transport.reportsDigests
      ? pushing
      : hashUnread(job.runPath, files, book, engine.pool, { signal });
    const [pushed] = await settleBoth(pushing, hashing);
    await hashUnread(job.runPath, files, book, engine.pool, { signal });
    return pushed;
  } catch (error) {
    watch.throwIfConflict();
    throw error;
  } finally {
    await book.flush();
  }
}

/** Neither may still be at work when the job's result is written. */
async function settleBoth<A, B>(first: Promise<A>, second: Promise<B>): Promise<[A, B]> {
  await Promise.allSettled([first, second]);
  return Promise.all([first, second]);
}
