import { readFileSync, readlinkSync } from 'node:fs';
import { systemCode } from '../errors.js';

/** Whether no process of this host has the id. One that we may not signal is there. */
export function processIsGone(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return systemCode(error) === 'ESRCH';
  }
}

/** Field 22 of `/proc/PID/stat` counts from boot, so it means something only together with the boot's id. */
export function incarnationOf(pid: number): string | null {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const afterName = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return `${boot}:${afterName[19] ?? ''}`;
  } catch {
    return null;
  }
}

/**
 * The pid namespace of a process, with the boot that numbers it: a pid means something in there only, and two containers
 * may have one host name. `''` where the system does not tell, as for processes of other users.
 */
export function pidNamespaceOf(pid: number | 'self'): string {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${boot}:${readlinkSync(`/proc/${pid}/ns/pid`)}`;
  } catch {
    return '';
  }
}
