import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemCode } from '../../errors.js';
import { bootedPidNamespace, incarnationOf, processIsGone } from '../../run/fs/processes.js';

/**
 * Every tool carries this variable: who started it, for which place, and for which queue. Whatever it starts inherits it, and it is
 * there from the first moment, which no file of process ids would be.
 */
const MARK = 'NAS_SYNC_TOOL';
const LOOK_MS = 20;
const GONE_WITHIN_MS = 5000;

interface Mark {
  readonly pid: number;
  readonly incarnation: string;
  readonly place: string;
  readonly namespace: string;
  readonly queue: string;
}

/** What a tool works for. */
export interface Purpose {
  /** A run's place on its target, or `''` for the lane as a whole. */
  readonly place: string;
  /** The queue that the place was claimed in. Another one's tools are another one's to end. */
  readonly queueId: string;
}

const short = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16);

const ownIncarnation = incarnationOf(process.pid) ?? '';
const ownNamespace = bootedPidNamespace();

/** The variable for a tool that is started for this. */
export const markFor = ({ place, queueId }: Purpose): Record<string, string> => ({
  [MARK]: [process.pid, ownIncarnation, short(place), short(ownNamespace ?? ''), short(queueId)].join('/'),
});

/**
 * Ends what processes of ours that are dead by now have left running for this queue, on whatever place. Linux only: it
 * reads /proc. What a process in another pid namespace started is left alone.
 */
export const endOrphans = (queueId: string): Promise<void> => endMarked(queueId, (mark) => isDead(mark));

/**
 * Ends every tool that works on the place for this queue and is not ours: whoever calls holds the lease, so its former
 * owner has lost it, be it dead or stopped. Two tools must never write to one place. Not for those who only read: they
 * hold no lease.
 */
export const clearPlace = ({ place, queueId }: Purpose): Promise<void> =>
  endMarked(queueId, (mark) => mark.place === short(place) && mark.pid !== process.pid);

const isDead = ({ pid, incarnation }: Mark): boolean => processIsGone(pid) || incarnationOf(pid) !== incarnation;

async function endMarked(queueId: string, condemned: (mark: Mark) => boolean): Promise<void> {
  // Ids from the /proc of another namespace would be those of strangers here.
  if (process.platform !== 'linux' || ownNamespace === null) return;
  const [namespace, queue] = [short(ownNamespace), short(queueId)];
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/u.test(name)).map(Number);
  const found = await Promise.all(pids.map(async (pid) => ({ pid, mark: await markOf(pid) })));
  // A host sees the processes of its containers, under other ids than their marks tell.
  const isOurs = (mark: Mark): boolean => mark.namespace === namespace && mark.queue === queue && condemned(mark);
  const ended = found.filter(({ mark }) => mark !== null && isOurs(mark)).map(({ pid }) => pid);
  for (const pid of ended) kill(pid);
  await Promise.all(ended.map(gone));
}

/** `null` for what is not marked, not ours to read, or gone by now. */
async function markOf(pid: number): Promise<Mark | null> {
  const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
  const entry = environment.split('\0').find((variable) => variable.startsWith(`${MARK}=`));
  const parts = entry?.slice(MARK.length + 1).split('/') ?? [];
  const [owner, incarnation, place, namespace, queue] = parts;
  if (owner === undefined || incarnation === undefined || place === undefined) return null;
  if (namespace === undefined || queue === undefined) return null;
  return { pid: Number(owner), incarnation, place, namespace, queue };
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (systemCode(error) !== 'ESRCH') throw error;
  }
}

/** A process that waits for a dead disk outlives even SIGKILL for a while; it is not waited for without end. */
async function gone(pid: number): Promise<void> {
  for (let waited = 0; waited < GONE_WITHIN_MS && (await markOf(pid)) !== null; waited += LOOK_MS) await sleep(LOOK_MS);
}
