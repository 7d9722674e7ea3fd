/** Everything that hosts may use. What is not exported here may change at any time. */
export { NasSyncClient } from './client/client.js';
export type { NasSyncClientOptions, Operator, RetryOptions, SyncJobHandle } from './client/options.js';
export { isoTime, systemClock, type Clock, type Uptime } from './clock.js';
export { defaultConfigFile, defaultDatabaseFile, defineConfig, loadConfig, parseConfig } from './config/load.js';
export type { Config, ConfigInput, Equipment } from './config/schema.js';
export { configTemplate } from './config/template.js';
export type { DoctorCheck, DoctorOptions, DoctorReport } from './doctor/doctor.js';
export { DELETION_ACTS, type DeletionAct, type Faults } from './faults.js';
export type { PolicyChange } from './events.js';
export { ERROR_CODES, NasSyncError, type ErrorCode, type ErrorKind } from './errors.js';
export { builtInValidator, type BuiltInValidatorOptions } from './gate/built-in-validator.js';
export type { Facts, FolderFacts, Found, NameFacts, Rule, RunFacts, TextFacts } from './gate/rules/rule.js';
export { RULES } from './gate/rules/rules.js';
export type { Finding, RunToValidate, Validator } from './gate/validator.js';
export type { AuditProgress } from './gate/audit.js';
export type { Unread } from './gate/find-runs.js';
export type { Override, Revocation } from './gate/overrides.js';
export type { Accountable } from './gate/append-override.js';
export type { AcceptRemovalOptions } from './client/accept-removal.js';
export type { RebuildOptions, RebuildReport, RebuiltRun } from './client/rebuild.js';
export type { PolicyAccepted, PolicyWord } from './client/accept-policy.js';
export type { CleanOptions, CleanResult } from './client/clean.js';
export type { DeletionView, InterlockView } from './client/deletion-view.js';
export type { Explanation, NoJobView } from './client/explain.js';
export type { RemovedView } from './client/removed-view.js';
export type { GateOptions, GateReport, GateView } from './client/gate.js';
export type { NewOverride, OverridesView, OverrideView } from './client/gate-overrides.js';
export type { NextEvent } from './client/next-events.js';
export type { BlockedView, JobView, JournalView, Until, WaitingView } from './client/job-view.js';
export type { LiveContext, LiveJob, LiveLane, LiveStore, LiveWork } from './live/live-store.js';
export type { Logger } from './logger.js';
export { JOB_STATES, type Evidence, type JobState, type Kept } from './machines/job-types.js';
export { picture, PICTURE_FORMATS, type PictureFormat } from './machines/diagrams/render-diagram.js';
export type { JobFilter } from './persistence/job-store.js';
export { ownVersion, parseProof, type CheckProofOptions, type ProofCheck, type ProofDocument } from './proof/index.js';
export { overrideCommand } from './gate/finding-classes.js';
export { printable } from './run/printable.js';
export type { RestoreOptions, RestoreResult } from './restore/restore.js';
export { adoptRun, type AdoptedRun, type AdoptOptions } from './client/adopt.js';
export { createRecord } from './run/record/record.js';
export type { VerifyResult } from './verify/compare.js';
export type {
  Examined,
  FetchRequest,
  FetchResult,
  HashRequest,
  PlaceListing,
  PushRequest,
  SetAsideRequest,
  PushResult,
  RunToHold,
  TargetListing,
  TargetProbe,
  TransferProgress,
  Transport,
} from './transports/transport.js';
export type { FileEntry, FolderEntry, LinkEntry, Refusal, RunEntry } from './run/entry.js';
