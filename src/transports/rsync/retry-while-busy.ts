import { setTimeout as sleep } from 'node:timers/promises';
import type { Errand, ErrandResult } from './remote.js';
import type { SshConnection } from './ssh-connection.js';

export const BUSY = /Another instance of rrsync is already accessing/u;
const BUSY_MS = 100;

/** Of one account, rrsync lets one rsync in at a time, and the last one may still be on its way out. */
export async function rsyncInTurn(
  connection: SshConnection,
  args: readonly string[],
  errand: Errand & { readonly input?: string },
): Promise<ErrandResult> {
  const patienceEnds = performance.now() + connection.silenceMs;
  for (;;) {
    const result = await connection.rsync(args, errand);
    if (!result.lines.some((line) => BUSY.test(line)) || performance.now() > patienceEnds) return result;
    await sleep(BUSY_MS, undefined, { signal: errand.signal });
  }
}
