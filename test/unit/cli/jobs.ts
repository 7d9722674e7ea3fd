import type { BlockedView, JobView, WaitingView } from 'nas-sync';

export const NOW = Date.parse('2026-11-22T12:00:00Z');

/** A job that waits for its turn, but for what is said. */
export const jobWith = (given: Partial<JobView> = {}): JobView => ({
  jobId: 'j1',
  runPath: '/data/lab/Run_1',
  equipmentId: 'SCOPE',
  state: 'queued',
  waitingFor: [],
  attempts: 0,
  verifyPasses: 0,
  enqueuedAt: '2026-11-22T11:00:00.000Z',
  lastAttemptAt: null,
  nextAttemptAt: '2026-11-22T11:00:00.000Z',
  verifiedAt: null,
  cleanedAt: null,
  nasPath: null,
  files: null,
  bytes: null,
  lastError: null,
  ...given,
});

export const waitFor = (name: string, measured: string): WaitingView => ({
  name,
  ok: false,
  measured,
  required: 'something else',
  until: null,
});

export const failedWith = (kind: string, message = 'it broke'): JobView =>
  jobWith({
    state: 'failed',
    nextAttemptAt: null,
    lastError: { kind, message, at: '2026-11-22T11:58:00.000Z' },
  });

export const verified = jobWith({
  state: 'verified',
  nextAttemptAt: null,
  verifiedAt: '2026-11-22T11:57:00.000Z',
  waitingFor: [waitFor('verify_passes', '1 of 2 passes')],
});

export const blocked: BlockedView = {
  jobId: '',
  runPath: '/data/lab/Run_2',
  state: 'blocked',
  blockingFindings: [
    { rule: 'unsupported_entry', tier: 'hard', subject: 'p', message: '"p" is a named pipe', overriddenBy: null },
  ],
};
