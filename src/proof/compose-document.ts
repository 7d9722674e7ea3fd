import { isoTime } from '../clock.js';
import type { Config } from '../config/schema.js';
import type { Bay } from '../engine/engine.js';
import type { EventOf, JobContext, JobEventType } from '../machines/job-types.js';
import type { Job, JournalEntry } from '../persistence/job.js';
import type { ProofContents, StoredProof } from '../persistence/proof-store.js';
import type { Removal } from '../persistence/removal-store.js';
import { FORMAT, FORMAT_VERSION, type ProofBody } from './document.js';

/** Everything that is known of a proven job. */
export interface Known {
  readonly job: Job;
  readonly context: JobContext;
  readonly bay: {
    readonly equipment: Pick<Bay['equipment'], 'label'>;
    readonly transport: { type: string; place: string };
  };
  readonly token: string;
  readonly runId: string | null;
  readonly by: { readonly program: string; readonly version: string; readonly host: string; readonly at: number };
  /** Oldest first. */
  readonly passes: readonly StoredProof[];
  readonly contents: ProofContents;
  readonly journal: readonly JournalEntry[];
  readonly removed: readonly Removal[];
  readonly config: Pick<Config, 'nasCleanup' | 'verify'>;
}

/** The document, but for its hash. Pure. */
export function compose(known: Known): ProofBody {
  const { job, context, bay, contents } = known;
  const { runPath, equipmentId, jobId, nasPath, state } = job;
  const { label } = bay.equipment;
  const { type, place } = bay.transport;
  return {
    format: FORMAT,
    version: FORMAT_VERSION,
    by: { ...known.by, at: isoTime(known.by.at) },
    run: { runPath, runId: known.runId, equipmentId, label, jobId, nasPath },
    target: { type, place, path: job.targetPath, token: known.token },
    state,
    cleanedAt: timeOrNull(context.cleanedAt),
    policy: policyOf(known.config),
    passes: known.passes.map((pass, index) => passOf(pass, index >= known.passes.length - context.verifyPasses)),
    ...deletionOf(known),
    actions: known.journal.flatMap(actionOf),
    files: contents.files.map(({ path, size, sha256, other }) => ({ path, size, sha256, other })),
    removed: known.removed.map(({ path, setAsideTo, at, operator, reason }) => ({
      ...{ path, setAsideTo, at: isoTime(at), by: operator, reason },
    })),
    links: linksOf(contents, 'link'),
    followed: linksOf(contents, 'followed'),
    folders: contents.shape.flatMap(({ kind, path }) => (kind === 'folder' ? [path] : [])),
  };
}

const timeOrNull = (at: number | null): string | null => (at === null ? null : isoTime(at));

function policyOf({ nasCleanup, verify }: Known['config']): ProofBody['policy'] {
  const { enabled, minVerifyPasses, minAgeHours, minEvidence, passIntervalHours, trashHours, retainCache } = nasCleanup;
  return {
    ...{ enabled, minVerifyPasses, minAgeHours, minEvidence, passIntervalHours, trashHours, retainCache },
    requireSha256: verify.requireSha256,
  };
}

const passOf = (pass: StoredProof, counts: boolean): ProofBody['passes'][number] => ({
  proofId: pass.proofId,
  generation: pass.generation,
  counts,
  at: isoTime(pass.madeAt),
  expiresAt: isoTime(pass.expiresAt),
  evidence: pass.evidence,
  method: pass.method,
  invocation: pass.invocation,
  files: pass.fileCount,
  bytes: pass.bytes,
  manifestSha256: pass.manifestSha256,
  shapeSha256: pass.shapeSha256,
  excluded: pass.excluded,
});

/** The newest leave for files to go that rests on a pass of what the run held last. */
function deletionOf({ journal, passes, context }: Known): Pick<ProofBody, 'interlocks' | 'deletion'> {
  const counting = new Set(passes.slice(passes.length - context.verifyPasses).map(({ proofId }) => proofId));
  const allowed = journal.findLast(
    (entry) => is(entry, 'interlocks.satisfied') && counting.has(entry.detail.proofId),
  ) as Told<'interlocks.satisfied'> | undefined;
  if (allowed === undefined) return { interlocks: [], deletion: null };
  const finished = journal.findLast((entry) => is(entry, 'cleanup.succeeded') && entry.seq > allowed.seq) as
    Told<'cleanup.succeeded'> | undefined;
  const { files, bytes } = (finished ?? allowed).detail;
  return {
    interlocks: allowed.detail.interlocks.map(({ name, ok, measured, required }) => ({ name, ok, measured, required })),
    deletion: {
      allowedAt: isoTime(allowed.at),
      finishedAt: timeOrNull(finished?.at ?? null),
      files,
      bytes,
      passes: allowed.detail.passes.map(({ proofId }) => proofId),
    },
  };
}

/** The journal holds each event as it was sent. */
type Told<T extends JobEventType> = Omit<JournalEntry, 'detail'> & { readonly detail: EventOf<T> };

const is = <T extends JobEventType>(entry: JournalEntry, event: T): entry is JournalEntry & Told<T> =>
  entry.event === event;

const BY_OPERATORS: ReadonlySet<string> = new Set<JobEventType>(['retried', 'cancelled', 'cleanup.scheduled']);

function actionOf({ at, event, detail }: JournalEntry): ProofBody['actions'] {
  const [by, reason] = [textOf(detail['by']), textOf(detail['reason'])];
  if (!BY_OPERATORS.has(event) || (by === null && reason === null)) return [];
  return [{ at: isoTime(at), event, by, reason }];
}

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null);

const linksOf = ({ shape }: ProofContents, of: 'link' | 'followed'): ProofBody['links'] =>
  shape.flatMap(({ kind, path, linkTo }) => (kind === of ? [{ path, linkTo }] : []));
