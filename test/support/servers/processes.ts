import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** What a server's processes carry in their environment, so that orphans among them are found as well. */
export const MARK = 'NAS_SYNC_TEST_SERVER';

export interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly name: string;
}

/** Every process of the machine; those that have ended and only wait to be reaped are not among them. */
function processes(): Process[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => look(Number(pid)))
    .filter((process) => process !== null);
}

export const isRunning = (pid: number): boolean => look(pid) !== null;

/** The process, all that descend from it, and all that carry this mark. */
export function family(head: number, mark: string): Process[] {
  const all = processes();
  const members = new Set<Process>();
  const add = (process: Process): void => {
    if (members.has(process)) return;
    members.add(process);
    for (const child of all) if (child.parent === process.pid) add(child);
  };
  for (const process of all) if (process.pid === head || isMarked(process.pid, mark)) add(process);
  return [...members];
}

/** Stops every member, until none is left that could start another one meanwhile. */
export function halt(members: () => Process[]): Process[] {
  const halted = new Map<number, Process>();
  for (;;) {
    const fresh = members().filter(({ pid }) => !halted.has(pid));
    if (fresh.length === 0) return [...halted.values()];
    for (const process of fresh) {
      signal(process.pid, 'SIGSTOP');
      halted.set(process.pid, process);
    }
  }
}

export async function kill(killed: readonly Process[]): Promise<void> {
  for (const { pid } of killed) signal(pid, 'SIGKILL');
  while (killed.some(({ pid }) => isRunning(pid))) await sleep(2);
}

export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function look(pid: number): Process | null {
  const found = /^\d+ \((.*)\) (\S) (\d+) /s.exec(read(pid, 'stat'));
  if (found === null || 'ZX'.includes(found[2]!)) return null;
  return { pid, parent: Number(found[3]), name: found[1]! };
}

const isMarked = (pid: number, mark: string): boolean => read(pid, 'environ').split('\0').includes(`${MARK}=${mark}`);

function read(pid: number, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'latin1');
  } catch {
    return ''; // It has ended meanwhile, or belongs to another user.
  }
}
