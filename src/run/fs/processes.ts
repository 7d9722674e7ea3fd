import { readFileSync, readlinkSync } from 'node:fs';
import { systemCode } from '../../errors.js';

/** Whether no process of this host has the id. One that we may not signal is there. */
export function processIsGone(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return systemCode(error) === 'ESRCH';
  }
}

/**
 * Tells a process from a later one with its id. Field 22 of `/proc/PID/stat` counts from boot, so it means something only
 * together with the boot's id. `null` where nothing can be known of it.
 */
export function incarnationOf(pid: number): string | null {
  if (!procIsOurs()) return null;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const afterName = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return `${bootId()}:${afterName[19] ?? ''}`;
  } catch {
    return null;
  }
}

/**
 * The pid namespace of this process: a pid means something in there only, and two containers may have one host name.
 * `''` where there are none; `null` where it cannot be known, and no pid that was written down means anything.
 */
export function pidNamespace(): string | null {
  if (process.platform !== 'linux') return '';
  if (!procIsOurs()) return null;
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return null;
  }
}

/** The same with the boot that numbers it: every machine's first one has the same name. */
export function bootedPidNamespace(): string | null {
  const namespace = pidNamespace();
  if (namespace === null || namespace === '') return namespace;
  try {
    return `${bootId()}:${namespace}`;
  } catch {
    return null;
  }
}

const bootId = (): string => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();

/** A container may be given the `/proc` of its host: the ids there are those of other processes. */
function procIsOurs(): boolean {
  try {
    return readlinkSync('/proc/self') === String(process.pid);
  } catch {
    return false;
  }
}
