import type { Interlock, Kept } from '../../machines/job-types.js';
import { printable } from '../../run/printable.js';
import { HOUR_MS, hoursText } from '../duration-text.js';
import type { WriterLook } from '../open-writers.js';
import { interlock, listed } from './observations.js';

/** Where the system does not tell who has a file open. A program that writes at all writes within that time, mostly. */
const QUIET_MS = 10 * 60_000;

/** Nobody is told when a file is closed. */
const LOOK_AGAIN_MS = HOUR_MS;

/** Who has a file open for writing may write to it in the moment of its deletion, and after it. */
export function noOpenWriters(look: WriterLook, now: number): Interlock {
  const { writers, untold, quietMs } = look;
  if (quietMs !== null) return quiet(quietMs, now);
  return interlock(
    writers.length === 0,
    {
      name: 'no_open_writers',
      measured: `${writers.length === 0 ? 'none is open for writing' : listed(heldFiles(look))}${untoldText(untold)}`,
      required: 'no process has a file of the run open for writing',
    },
    'close the file in that program, or end it; the run is looked at again every hour',
    now + LOOK_AGAIN_MS,
  );
}

/** What stays for it, and why. */
export function heldFiles({ writers, quietMs }: WriterLook): Kept[] {
  if (quietMs !== null) return [{ path: '.', reason: 'a file changed a moment ago' }];
  return writers.map(({ path, pid, program, how }) => ({
    path: printable(path),
    reason: `process ${pid} (${printable(program)}) has it ${how === 'open' ? 'open for writing' : 'mapped for writing'}`,
  }));
}

const untoldText = (untold: number): string =>
  untold === 0 ? '' : `; cannot tell of ${untold} ${untold === 1 ? 'process' : 'processes'}`;

function quiet(quietMs: number, now: number): Interlock {
  const left = QUIET_MS - quietMs;
  return interlock(
    left <= 0,
    {
      name: 'no_open_writers',
      measured: `this system does not tell who has a file open; the newest file changed ${hoursText(Math.max(0, quietMs))} ago`,
      required: `the newest file has not changed for ${hoursText(QUIET_MS)}`,
    },
    'wait until nothing writes to the run any more',
    now + Math.max(0, left),
  );
}
