import { readFileSync } from 'node:fs';

export const pidsIn = (text: string): number[] => text.split(/\s+/u).filter(Boolean).map(Number);

/** A zombie has ended; who should wait for it may not have yet. */
export function isRunning(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2)[0] !== 'Z';
  } catch {
    return false;
  }
}
