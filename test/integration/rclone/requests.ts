import type { RunEntry } from 'nas-sync';
import type { HashRequest, PushRequest } from '#dist/transports/transport.js';
import { walkRun } from '#dist/run/walk.js';
import { never } from './remotes.js';

/** A push of which nothing is read beforehand. */
export const pushing = (entries: readonly RunEntry[], changes: Partial<PushRequest> = {}): PushRequest => ({
  ...{ source: '/nowhere', target: 'Run_1', entries, signal: never(), sha256Of: () => null, matches: () => null },
  ...{ readNow: () => Promise.resolve(), onDigests: () => undefined, onArrived: () => undefined },
  ...{ onProgress: () => undefined, capKiBps: () => null },
  ...changes,
});

export const pushOf = async (run: string, changes: Partial<PushRequest> = {}): Promise<PushRequest> =>
  pushing((await walkRun(run, {})).entries, { source: run, ...changes });

export const reading = (changes: Partial<HashRequest> = {}): HashRequest => ({
  ...{ target: 'Run_1', source: '/nowhere', entries: [], sha256Of: () => null, signal: never() },
  onProgress: () => undefined,
  ...changes,
});
