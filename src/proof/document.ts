import { z } from 'zod';
import { EVIDENCE, JOB_STATES } from '../machines/job-types.js';
import { HASH_NAMES, type Digest } from '../run/entry.js';
import { pathFault } from '../run/manifest.js';
import { RECORD_FOLDER } from '../run/record/record-folder.js';
import { canonicalSha256 } from './canonical-json.js';

export const FORMAT = 'nas-sync proof';
export const FORMAT_VERSION = 1;

const text = z.string();
const textOrNull = text.nullable();
const sha256 = text.regex(/^[0-9a-f]{64}$/u, 'must be a SHA-256 in lower-case hex');
const time = text.regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/u, 'must be a time in UTC, as ISO 8601 has it');
const count = z.int().min(0);
const amount = z.number().min(0);
const evidence = z.enum(EVIDENCE);
const list = <T extends z.ZodType>(item: T) => z.array(item).readonly();
const map = <T extends z.ZodRawShape>(shape: T) => z.strictObject(shape).readonly();

const plainPath = text.refine((path) => pathFault(path) === undefined, 'must be a plain path below its folder');
const runsPath = plainPath.refine((path) => path.split('/')[0] !== RECORD_FOLDER, 'must not be of the record folder');
const otherDigest = text
  .regex(new RegExp(`^(?:${HASH_NAMES.join('|')}):[0-9a-f]{32,64}$`, 'u'), 'must be a hash with its name')
  .transform((digest) => digest as Digest);

const pass = map({
  proofId: text,
  generation: count,
  /** It says something of what the run holds now; passes before a change or a damage do not. */
  counts: z.boolean(),
  at: time,
  expiresAt: time,
  evidence,
  method: text,
  /** Two passes of one invocation count once. */
  invocation: text,
  files: count,
  bytes: count,
  manifestSha256: sha256,
  /** Over names, kinds and link texts of folders and links. */
  shapeSha256: sha256,
  /** Names in the run folder that the config excludes from the run. */
  excluded: count,
});

const deletion = map({
  allowedAt: time,
  /** `null`: not all of it is gone yet. */
  finishedAt: time.nullable(),
  files: count,
  bytes: count,
  /** The passes that it rests on, by their ids. */
  passes: list(text),
});

const link = map({ path: runsPath, linkTo: text });

export const proofSchema = map({
  format: z.literal(FORMAT),
  version: z.literal(FORMAT_VERSION),
  /** Who wrote this document, where, and when. */
  by: map({ program: text, version: text, host: text, at: time }),
  run: map({
    runPath: text,
    /** Of the run record; `null` where that cannot be read here. */
    runId: textOrNull,
    equipmentId: text,
    label: text,
    jobId: text,
    nasPath: textOrNull,
  }),
  /** `path` lies below `place`; `token` is the identity that was left on the target at first contact. */
  target: map({ type: text, place: text, path: plainPath, token: text }),
  state: z.enum(JOB_STATES),
  cleanedAt: time.nullable(),
  /** What a deletion needs, as it was configured when the document was written. */
  policy: map({
    enabled: z.boolean(),
    minVerifyPasses: count,
    minAgeHours: amount,
    minEvidence: evidence,
    passIntervalHours: amount,
    trashHours: amount,
    retainCache: z.boolean(),
    requireSha256: z.boolean(),
  }),
  /** Oldest first; the last one is what `files`, `links` and `folders` are of. */
  passes: list(pass),
  /** As they were measured when the deletion was allowed. */
  interlocks: list(map({ name: text, ok: z.boolean(), measured: text, required: text })),
  deletion: deletion.nullable(),
  /** What operators did, and why, as far as they said. */
  actions: list(map({ at: time, event: text, by: textOrNull, reason: textOrNull })),
  /** `other`: the hash by which the target tells contents, where that is not SHA-256. */
  files: list(map({ path: runsPath, size: count, sha256, other: otherDigest.nullable() })),
  links: list(link),
  /** What left the run before its deletion began; the NAS keeps each below `setAsideTo`, relative to `path` of the target. */
  removed: list(map({ path: runsPath, setAsideTo: textOrNull, at: time, by: textOrNull, reason: text })),
  /** Links in whose place the file that they lead to was copied; each is among the files, too. */
  followed: list(link),
  folders: list(runsPath),
  sha256,
});

/** The proof of a run, as it stands alone. Times are ISO 8601, UTC; what is absent is `null`. */
export type ProofDocument = z.output<typeof proofSchema>;
export type ProofBody = Omit<ProofDocument, 'sha256'>;

/** SHA-256 over the canonical form of all but `sha256` itself. */
export function documentSha256({ sha256: _, ...body }: ProofBody & { readonly sha256?: string }): string {
  return canonicalSha256(body);
}

export const sealed = (body: ProofBody): ProofDocument => ({ ...body, sha256: documentSha256(body) });
