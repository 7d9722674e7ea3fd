/** The statechart itself, for hosts that draw, test or replay it. */
export { jobMachine } from './job-machine.js';
export { advance, firstSnapshot, publicState, replay, type JobSnapshot } from './restore.js';
export type { JobContext, JobEvent, JobEventType, JobInput, JobPhase, JobState } from './job-types.js';
