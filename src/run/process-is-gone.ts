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
