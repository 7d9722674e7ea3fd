import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemCode } from '../../errors.js';
import { incarnationOf, pidNamespaceOf, processIsGone } from '../../run/processes.js';

/**
 * Every tool carries this variable: who started it, and for which place. Whatever it starts inherits it, and it is
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
}

const short = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16);

const ownIncarnation = incarnationOf(process.pid) ?? '';
const ownNamespace = short(pidNamespaceOf('self'));

/** The variable for a tool that works on this place: a run's place on its target, or `''` for the lane as a whole. */
export const markFor = (place: string): Record<string, string> => ({
  [MARK]: `${process.pid}/${ownIncarnation}/${short(place)}/${ownNamespace}`,
});

/** Ends what processes of ours that are dead by now have left running, on whatever place. Linux only: it reads /proc. What a process in another pid namespace started is left alone. */
export const endOrphans = (): Promise<void> => endMarked((mark) => isDead(mark));

/**
 * Ends every tool that works on the place and is not ours: whoever calls holds the lease, so its former owner has lost
 * it, be it dead or stopped. Two tools must never write to one place. Not for those who only read: they hold no lease.
 */
export const clearPlace = (place: string): Promise<void> =>
  endMarked((mark) => mark.place === short(place) && mark.pid !== process.pid);

const isDead = ({ pid, incarnation }: Mark): boolean => processIsGone(pid) || incarnationOf(pid) !== incarnation;

async function endMarked(condemned: (mark: Mark) => boolean): Promise<void> {
  if (process.platform !== 'linux') return;
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/u.test(name)).map(Number);
  const found = await Promise.all(pids.map(async (pid) => ({ pid, mark: await markOf(pid) })));
  // A host sees the processes of its containers, under other ids than their marks tell.
  const isOurs = (mark: Mark): boolean => mark.namespace === ownNamespace && condemned(mark);
  const ended = found.filter(({ mark }) => mark !== null && isOurs(mark)).map(({ pid }) => pid);
  for (const pid of ended) kill(pid);
  await Promise.all(ended.map(gone));
}

/** `null` for what is not marked, not ours to read, or gone by now. */
async function markOf(pid: number): Promise<Mark | null> {
  const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
  const entry = environment.split('\0').find((variable) => variable.startsWith(`${MARK}=`));
  const [owner, incarnation, place, namespace] = entry?.slice(MARK.length + 1).split('/') ?? [];
  if (owner === undefined || incarnation === undefined || place === undefined || namespace === undefined) return null;
  return { pid: Number(owner), incarnation, place, namespace };
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
