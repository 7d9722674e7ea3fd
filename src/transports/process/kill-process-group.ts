import { setTimeout as sleep } from 'node:timers/promises';
import { systemCode } from '../../errors.js';

const GRACE_MS = 5000;
/** A killed process is gone in no time, unless it waits for a dead disk, or nobody collects it. */
const GONE_WITHIN_MS = 500;
const LOOK_MS = 5;

/** Signals a process and all that it started; 0 only asks. `false` if nothing of them is left. */
export function signalGroup(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    // Windows has no groups; a tool is alone there.
    process.kill(process.platform === 'win32' ? pid : -pid, signal);
    return true;
  } catch (error) {
    if (systemCode(error) === 'ESRCH') return false;
    // macOS says so of a group whose last member has not been waited for yet.
    if (systemCode(error) === 'EPERM') return false;
    throw error;
  }
}

/** Asks a group to end, and makes it end if it has not after a grace. A stopped process ends only by force. */
export async function endGroup(pid: number, ended: Promise<unknown>, graceMs = GRACE_MS): Promise<void> {
  if (!signalGroup(pid, 'SIGTERM')) return;
  const grace = new AbortController();
  const over = sleep(graceMs, undefined, { signal: grace.signal }).catch(() => undefined);
  await Promise.race([ended, over]);
  grace.abort();
  // Also where the leader is gone: what it started may have outlived it.
  signalGroup(pid, 'SIGKILL');
  await ended;
  for (let waited = 0; waited < GONE_WITHIN_MS && signalGroup(pid, 0); waited += LOOK_MS) await sleep(LOOK_MS);
}
