import { assign, setup } from 'xstate';
import * as change from './actions.js';
import { conditions } from './actions.js';
import type { EventOf, JobContext, JobEvent, JobEventType, JobInput } from './job-types.js';

type Args = { context: JobContext; event: JobEvent };

/** Narrows to the events that a change understands; the machine's arrows are what guarantees the type. */
const from =
  <T extends JobEventType>(apply: (context: JobContext, event: EventOf<T>) => Partial<JobContext>) =>
  ({ context, event }: Args) =>
    apply(context, event as EventOf<T>);

const when =
  <T extends JobEventType>(holds: (context: JobContext, event: EventOf<T>) => boolean) =>
  ({ context, event }: Args) =>
    holds(context, event as EventOf<T>);

const machineSetup = setup({
  types: {
    context: {} as JobContext,
    events: {} as JobEvent,
    input: {} as JobInput,
    tags: {} as 'waiting' | 'working' | 'parked' | 'final',
    meta: {} as { says: string },
  },
  guards: {
    'terminal kind': when(conditions['terminal kind']),
    'first mismatch': when(conditions['first mismatch']),
    'mismatch again': when(conditions['mismatch again']),
    'transient, a delay left': when(conditions['transient, a delay left']),
    'transient, no delay left': when(conditions['transient, no delay left']),
    'below the limit': when(conditions['below the limit']),
    'at the limit': when(conditions['at the limit']),
  },
  actions: {
    startWork: assign(from((_, event) => change.startWork(event))),
    comeDue: assign(from((_, event) => change.comeDue(event))),
    completePush: assign(from<'push.succeeded'>((_, event) => change.completePush(event))),
    waitAsTold: assign(from<'push.deferred'>((_, event) => change.waitAsTold(event))),
    parkWithError: assign(from<'push.failed'>((_, event) => change.parkWithError(event))),
    countMismatch: assign(from<'push.failed'>(change.countMismatch)),
    backOff: assign(from<'push.failed'>(change.backOff)),
    giveUp: assign(from<'push.failed'>(change.giveUp)),
    countInterruption: assign(from<'interrupted'>(change.countInterruption)),
    stopCrashLoop: assign(from<'interrupted'>(change.stopCrashLoop)),
    acceptProof: assign(from<'verify.succeeded'>(change.acceptProof)),
    beginGeneration: assign(from<'run.changed'>(change.beginGeneration)),
    noteCleanupError: assign(from<'cleanup.failed'>((_, event) => change.noteCleanupError(event))),
    beginRelease: assign(from<'interlocks.satisfied'>((_, event) => change.beginRelease(event))),
    noteTrash: assign(from<'cleanup.trashed'>((_, event) => change.noteTrash(event))),
    finish: assign(from<'cleanup.succeeded'>((_, event) => change.finish(event))),
    rearm: assign(from<'retried'>((_, event) => change.rearm(event))),
    parkAsCancelled: assign(from<'cancelled'>((_, event) => change.parkAsCancelled(event))),
  },
});

const cancelled = { target: '#job.failed', actions: 'parkAsCancelled' } as const;
const runChanged = { target: '#job.queued', actions: 'beginGeneration' } as const;

/** `push.failed` and `verify.failed` differ only in where a transient failure waits: the bytes may be there already. */
const failure = <T extends string>(waitsIn: T) =>
  [
    { guard: 'terminal kind', target: '#job.failed', actions: 'parkWithError' },
    { guard: 'first mismatch', target: '#job.queued', actions: 'countMismatch' },
    { guard: 'mismatch again', target: '#job.failed', actions: 'parkWithError' },
    { guard: 'transient, a delay left', target: waitsIn, actions: 'backOff' },
    { guard: 'transient, no delay left', target: '#job.failed', actions: 'giveUp' },
  ] as const;

const interruption = <T extends string>(waitsIn: T) =>
  [
    { guard: 'below the limit', target: waitsIn, actions: 'countInterruption' },
    { guard: 'at the limit', target: '#job.failed', actions: 'stopCrashLoop' },
  ] as const;

/**
 * The journey of one run, as a pure statechart: it touches no disk, no network and no clock. Advance it with
 * `transition()`; the table that it is held against is `test/model/golden-table.ts`.
 */
export const jobMachine = machineSetup.createMachine({
  id: 'job',
  context: ({ input }) => change.newJob(input?.at ?? 0),
  initial: 'queued',
  states: {
    queued: {
      tags: 'waiting',
      meta: { says: 'waits for its turn' },
      on: {
        claimed: { target: 'running', actions: 'startWork' },
        cancelled,
      },
    },
    running: {
      tags: 'working',
      meta: { says: 'bytes are being pushed' },
      on: {
        'push.succeeded': { target: 'awaiting_verify', actions: 'completePush' },
        'push.deferred': { target: 'queued', actions: 'waitAsTold' },
        'push.failed': failure('queued'),
        interrupted: interruption('queued'),
        cancelled,
      },
    },
    awaiting_verify: {
      initial: 'waiting',
      meta: { says: 'the bytes are there, unproven' },
      on: { 'run.changed': runChanged, cancelled },
      states: {
        waiting: {
          tags: 'waiting',
          meta: { says: 'waits for its turn or its backoff' },
          on: { claimed: { target: 'verifying', actions: 'startWork' } },
        },
        verifying: {
          tags: 'working',
          meta: { says: 'both sides are being compared' },
          on: {
            'verify.succeeded': { target: '#job.verified', actions: 'acceptProof' },
            'verify.deferred': { target: 'waiting', actions: 'waitAsTold' },
            'verify.failed': failure('waiting'),
            interrupted: interruption('waiting'),
          },
        },
      },
    },
    verified: {
      tags: 'waiting',
      meta: { says: 'the NAS holds every byte' },
      on: {
        'cleanup.scheduled': { target: 'cleanup_eligible', actions: 'waitAsTold' },
        'interlocks.unmet': { actions: 'waitAsTold' },
        'cleanup.disabled': { actions: 'waitAsTold' },
        'pass.due': { target: 'awaiting_verify', actions: 'comeDue' },
        'run.changed': runChanged,
        cancelled,
      },
    },
    cleanup_eligible: {
      initial: 'waiting',
      meta: { says: 'may go, once every interlock holds' },
      states: {
        waiting: {
          tags: 'waiting',
          meta: { says: 'some interlock is not satisfied' },
          on: {
            claimed: { target: 'judging', actions: 'startWork' },
            'cleanup.scheduled': { actions: 'waitAsTold' },
            'interlocks.unmet': { actions: 'waitAsTold' },
            'cleanup.disabled': { target: '#job.verified', actions: 'waitAsTold' },
            'pass.due': { target: '#job.awaiting_verify', actions: 'comeDue' },
            'run.changed': runChanged,
            cancelled,
          },
        },
        judging: {
          tags: 'working',
          meta: { says: 'every interlock is being measured' },
          on: {
            'interlocks.satisfied': { target: 'deleting', actions: 'beginRelease' },
            'interlocks.unmet': { target: 'waiting', actions: 'waitAsTold' },
            'pass.due': { target: '#job.awaiting_verify', actions: 'comeDue' },
            'cleanup.failed': { target: 'waiting', actions: 'noteCleanupError' },
            interrupted: { target: 'waiting', actions: 'comeDue' },
            cancelled,
          },
        },
        deleting: {
          tags: 'working',
          meta: { says: 'proven files are being unlinked' },
          on: {
            'cleanup.succeeded': { target: '#job.cleaned', actions: 'finish' },
            'cleanup.trashed': { target: 'waiting', actions: 'noteTrash' },
            'cleanup.refused': { target: 'waiting', actions: 'waitAsTold' },
            'cleanup.failed': { target: 'waiting', actions: 'noteCleanupError' },
            interrupted: { target: 'waiting', actions: 'comeDue' },
          },
        },
      },
    },
    cleaned: {
      tags: 'final',
      meta: { says: 'the run left the workstation' },
      on: { 'run.changed': runChanged },
    },
    failed: {
      tags: 'parked',
      meta: { says: "a person's turn" },
      on: { retried: { target: 'queued', actions: 'rearm' } },
    },
  },
});
