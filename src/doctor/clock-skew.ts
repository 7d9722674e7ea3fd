import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../clock.js';
import type { Bay } from '../engine/engine.js';
import { RECORD_FOLDER } from '../run/record/record-folder.js';
import type { Rehearsal } from './canary-transfer.js';
import { ill, well, type Seen } from './checklist.js';

const CLOCK_FILE = `${RECORD_FOLDER}/clock`;
/** Shares keep times as coarsely as two seconds (FAT), and a write takes its time. */
const COARSE_MS = 2000;
const MOST_MS = 60_000;

/** Where a share is mounted, a file that is written now shows the time of the NAS. */
export const seesClock = ({ transport, equipment }: Bay): boolean =>
  transport.type === 'mount' && equipment.transport.type === 'mount';

export async function clockSkew(rehearsal: Rehearsal, clock: Clock): Promise<Seen> {
  const { transport } = rehearsal.bay.equipment;
  if (transport.type !== 'mount') return well('the target does not show its clock');
  const before = clock.now();
  await rehearsal.writeMeta(CLOCK_FILE, new Uint8Array());
  const after = clock.now();
  const { mtimeMs } = await lstat(join(transport.path, rehearsal.place, CLOCK_FILE));
  return skewSeen(skewOf(mtimeMs, before, after));
}

/** How far a time that was taken between two others lies outside of them; above 0: ahead. */
export function skewOf(at: number, before: number, after: number): number {
  if (at > after) return at - after;
  return at < before - COARSE_MS ? at - before : 0;
}

export function skewSeen(skewMs: number): Seen {
  const seconds = Math.round(Math.abs(skewMs) / 1000);
  if (seconds === 0) return well('the clock of the NAS agrees with the one of this machine');
  const seen = `the clock of the NAS is ${seconds} s ${skewMs > 0 ? 'ahead of' : 'behind'} the one of this machine`;
  if (Math.abs(skewMs) < MOST_MS) return well(seen);
  return ill(seen, 'set both clocks by the same time server (NTP)');
}
