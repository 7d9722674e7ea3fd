import type { LiveContext, LiveJob, LiveWork } from 'nas-sync';

export const STARTED = Date.parse('2026-11-22T12:00:00Z');

/** Half done at a known rate, but for what is said. */
export const workWith = (given: Partial<LiveWork> = {}): LiveWork => ({
  phase: 'push',
  startedAt: STARTED,
  totalFiles: 4,
  totalBytes: 2_000_000,
  files: 1,
  bytes: 1_000_000,
  currentFile: 'images/cell.tif',
  rate: 500_000,
  eta: 2,
  sampledAt: STARTED,
  ...given,
});

export const liveJob = (given: Partial<LiveJob> = {}): LiveJob => ({
  jobId: 'j1',
  runPath: '/data/lab/Run_1',
  equipmentId: 'SCOPE',
  place: 'running',
  because: null,
  work: null,
  changedAt: STARTED,
  ...given,
});

export const liveWith = (jobs: readonly LiveJob[], lanes: LiveContext['lanes'] = {}): LiveContext => ({
  jobs: Object.fromEntries(jobs.map((job) => [job.jobId, job])),
  lanes,
  loosened: {},
});
