import type { Generated, Selectable } from 'kysely';
import type { Evidence, JobPhase, JobState } from '../machines/job-types.js';
import type { Digest } from '../run/entry.js';
import type { ShapeEntry } from '../run/tree-structure.js';

/** Times are ms since the epoch. Nanoseconds, devices and inodes are decimal text: SQLite hands integers out as doubles. */
export interface Schema {
  jobs: JobsTable;
  journal: JournalTable;
  job_counts: { equipment_id: string; state: JobState; jobs: number };
  workers: WorkersTable;
  targets: { place: string; token: string; first_seen_at: number };
  digests: DigestsTable;
  proofs: ProofsTable;
  proof_files: ProofFilesTable;
  proof_shapes: ProofShapesTable;
  steady_clock: SteadyClockTable;
  queue_identity: QueueIdentityTable;
  planned_seals: { pass_id: string; job_id: string; planned_at: number };
  removed_files: RemovedFilesTable;
  pushed_names: PushedNamesTable;
  grants: GrantsTable;
  /** Volatile files of a proof that stay here, for the NAS no longer holds them as they were proven. */
  spared_files: { proof_id: string; path: string };
}

interface QueueIdentityTable {
  id: 1;
  /** Random; made with the database. A copy of the database has the same. */
  queue_id: string;
  /** The cleanup policy that an operator accepted last, as JSON; `null` before the first. */
  accepted_policy: string | null;
}

/** Files that left the run before its deletion began, and where their NAS copies were set aside. */
interface RemovedFilesTable {
  id: Generated<number>;
  job_id: string;
  path: string;
  /** Relative to the run's place; `null` where an operator accepted it and the NAS held no such file, or was not asked yet. */
  set_aside_to: string | null;
  at: number;
  /** `null` where nas-sync found the file gone by itself. */
  operator: string | null;
  reason: string;
  /** 0 until the NAS's copy was moved. */
  is_done: Generated<0 | 1>;
  /** The first pass that proved the run without it; `null` before that. */
  proof_id: Generated<string | null>;
}

/** What a push put on the NAS, or may have put there, beside the files whose digests are known. */
interface PushedNamesTable {
  job_id: string;
  path: string;
  kind: 'file' | 'link' | 'folder';
}

/** What an operator allowed for one job. */
interface GrantsTable {
  job_id: string;
  action: 'replace_nas_copy' | `delete_empty_run:${string}` | `keep_extra:${string}`;
  granted_at: number;
  operator: string | null;
  reason: string;
}

interface JobsTable {
  id: Generated<number>;
  job_id: string;
  run_path: string;
  equipment_id: string;
  /** The transport's place, as it was when the run was queued. */
  target_place: string;
  target_path: string;
  nas_path: string | null;
  state: JobState;
  phase: JobPhase | null;
  due_at: number | null;
  lease_owner: string | null;
  /** The fence: rises with every write, and a write that names an older one is refused. */
  revision: number;
  machine_version: number;
  snapshot: string;
  /** Why the snapshot cannot be read; such a row is shown, and never claimed. */
  set_aside: string | null;
  /** 1 while the run record on disk does not say yet what the row says. */
  record_owed: 0 | 1;
  files: number | null;
  bytes: number | null;
  created_at: number;
  updated_at: number;
}

interface JournalTable {
  seq: Generated<number>;
  job_id: string;
  at: number;
  event: string;
  from_state: string;
  to_state: string;
  /** The whole event as JSON: what a replay feeds to the machine. */
  detail: string;
  revision: number;
}

interface WorkersTable {
  worker_id: string;
  host: string;
  pid: number;
  /** Boot and start time of the process: a pid alone is reused. Empty where the system does not tell. */
  incarnation: string;
  /** The pid namespace that the pid belongs to; empty where the system does not tell. */
  namespace: Generated<string>;
  expires_at: number;
}

interface FileIdentityColumns {
  path: string;
  size: number;
  mtime_ns: string;
  ctime_ns: string;
  dev: string;
  ino: string;
  sha256: string;
}

interface DigestColumns extends FileIdentityColumns {
  /** The file's hash of the target's kind, with its name: `md5:…`; `null` where the target tells SHA-256. */
  other_hash: Digest | null;
}

interface DigestsTable extends DigestColumns {
  job_id: string;
}

interface ProofFilesTable extends DigestColumns {
  proof_id: string;
  /** The permission bits (`0o7777`) that it had here; `null` in proofs from before this was kept. */
  mode: number | null;
}

interface ProofShapesTable {
  proof_id: string;
  path: string;
  kind: ShapeEntry['kind'];
  link_to: string;
  /** A folder's permission bits here; `null` for a link, and in proofs from before this was kept. */
  mode: number | null;
  mtime_ns: string | null;
}

interface SteadyClockTable {
  id: 1;
  steady_ms: number;
  boot: string;
  uptime_ms: number;
  wall_ms: number;
}

interface ProofsTable {
  proof_id: string;
  job_id: string;
  generation: number;
  made_at: number;
  expires_at: number;
  evidence: Evidence;
  method: string;
  invocation: string;
  files: number;
  bytes: number;
  manifest_sha256: string;
  shape_sha256: string;
  /** By the steady clock; 0 before this was kept. */
  steady_at: number;
  /** Counts a job's proofs; 0 before this was kept. */
  seq: number;
  /** Over contents and shape, volatile names left out; empty before this was kept. */
  stable_sha256: Generated<string>;
  /** Names in the run folder that are no part of the run. */
  excluded: Generated<number>;
}

export type JobRow = Selectable<JobsTable>;
export type JournalRow = Selectable<JournalTable>;
