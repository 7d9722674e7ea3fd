import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isDiskFull, NasSyncError } from '../errors.js';
import type { FileDigest } from '../persistence/digest-store.js';
import { durableWrite } from '../run/fs/durable-write.js';
import { readSmallFile } from '../run/fs/read-small-file.js';
import { MANIFEST_PATH, manifestText, readableLines } from '../run/manifest.js';
import type { PathTest } from '../run/name-rules.js';
import { RECORD_PATH } from '../run/record/record-file.js';
import { readRecord } from '../run/record/record.js';
import { rawMark, readableRecord, recordForNas, type SealMark } from '../run/record/seal-mark.js';
import type { Transport } from '../transports/transport.js';
import { readHistory, sha256Of, type NasHistory } from './nas-history.js';
import { someOf } from './run-changes.js';

export interface SealRequest {
  /** `null` where the run folder has left: the NAS keeps the record that it has, with another mark. */
  readonly runPath: string | null;
  readonly target: string;
  readonly transport: Transport;
  readonly files: readonly FileDigest[];
  /** What the last manifest names and was set aside since, with leave: the new one need not name it. */
  readonly removed: ReadonlySet<string>;
  /** False of volatile and excluded names, which a new manifest need not name either. */
  readonly isData: PathTest;
  /** Links in whose place a file was copied; the manifest says so. */
  readonly followed: readonly { readonly path: string; readonly linkTo: string }[];
  /** Who seals; the pass is planned in the queue already. */
  readonly mark: Omit<SealMark, 'manifestSha256'>;
  /** Throws where a history that is not ours has proven something else there. */
  readonly requireOurs: (history: NasHistory) => void;
  readonly signal: AbortSignal;
}

/**
 * Makes the NAS copy explain itself: manifest, then record, last of all that is written there. Both are read back.
 * Returns the manifest's SHA-256.
 * @throws NasSyncError `target_conflict` rather than replace a manifest by one that names less
 */
export async function seal(request: SealRequest): Promise<string> {
  const { runPath, target, transport, signal } = request;
  const manifest = manifestText(request.files, request.followed);
  const manifestSha256 = sha256Of(manifest);
  // Before our own writes, whose unfinished files look like those of the dead.
  await transport.tidyUp(target, signal);
  // Read right before it is replaced: another workstation may have sealed since the push looked.
  const present = await readHistory(transport, target, signal);
  request.requireOurs(present);
  refuseToShrink(request, present.manifest);
  if (runPath !== null) await writeManifestHere(join(runPath, MANIFEST_PATH), manifest);
  await put(request, MANIFEST_PATH, Buffer.from(manifest), present.manifest);
  await sealRecord(request, present.record, rawMark({ ...request.mark, manifestSha256 }));
  return manifestSha256;
}

async function sealRecord(request: SealRequest, present: Uint8Array | null, mark: unknown): Promise<void> {
  const { runPath } = request;
  const record = runPath === null ? readableRecord(present) : await readRecord(runPath);
  if (record === null) return;
  // Only on the NAS: the workstation's own record follows the queue, which does not say `verified` yet.
  const text = recordForNas(record, runPath === null ? null : 'synced', mark);
  await put(request, RECORD_PATH, Buffer.from(text), present);
}

/** Once an emptied run was verified against an emptied NAS, and its good manifest was replaced by an empty one. */
function refuseToShrink(request: SealRequest, present: Uint8Array | null): void {
  if (present === null) return;
  const named = new Set(request.files.map((file) => file.path));
  // Line by line: a manifest that was cut off or damaged on the NAS still names what it can, and is then replaced.
  const lost = readableLines(present).flatMap(({ path }) =>
    named.has(path) || request.removed.has(path) || !request.isData(path) ? [] : [path],
  );
  if (lost.length > 0) {
    throw new NasSyncError(
      'target_conflict',
      `the manifest on the NAS names files that neither side holds any more: ${someOf(lost)}; find out where they went; what is lost for good is forgotten by \`nas-sync accept-removal RUN FILE --reason REASON\``,
    );
  }
}

/**
 * On a full disk the run goes without: what frees space there begins with a proof, and the NAS has the manifest. One of an
 * earlier pass would contradict it.
 */
async function writeManifestHere(file: string, text: string): Promise<void> {
  const present = await readSmallFile(file);
  if (present !== null && Buffer.from(text).equals(present)) return;
  try {
    await durableWrite(file, text);
  } catch (error) {
    if (!isDiskFull(error)) throw error;
    await rm(file, { force: true });
  }
}

/**
 * Writes a small file at the run's place and reads it back, unless `present` says that it is there already.
 * @throws NasSyncError `hash_mismatch`
 */
export async function put(
  { transport, target, signal }: Pick<SealRequest, 'transport' | 'target' | 'signal'>,
  name: string,
  data: Buffer,
  present: Uint8Array | null,
): Promise<void> {
  signal.throwIfAborted();
  const path = `${target}/${name}`;
  if (present !== null && data.equals(present)) return;
  await transport.writeMeta(path, data, { exclusive: false }, signal);
  const written = await transport.readMeta(path, signal);
  if (written === null || !data.equals(written)) {
    throw new NasSyncError('hash_mismatch', `${path} on the NAS does not read back as it was written`);
  }
}
