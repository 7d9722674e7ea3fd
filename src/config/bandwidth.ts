import type { Bandwidth, BandwidthWindow } from './schema.js';

const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;
const MINUTE_MS = 60_000;
const HORIZON_MS = 8 * 24 * 60 * MINUTE_MS;

function minuteOf(time: string): number {
  const [hour, minute] = time.split(':').map(Number);
  return (hour ?? 0) * 60 + (minute ?? 0);
}

function holds(window: BandwidthWindow, at: Date): boolean {
  const today = DAYS[at.getDay()];
  const now = at.getHours() * 60 + at.getMinutes();
  return window.days.some((day) => day === today) && minuteOf(window.from) <= now && now < minuteOf(window.to);
}

const inForce = ({ schedule }: Bandwidth, at: Date): boolean =>
  schedule.length === 0 || schedule.some((window) => holds(window, at));

/** The cap at a moment, in KiB/s; `null`: unlimited. Windows are local wall time. */
export function capKiBps(bandwidth: Bandwidth, at: Date): number | null {
  if (bandwidth.uploadMbps === null || !inForce(bandwidth, at)) return null;
  return Math.max(1, Math.round((bandwidth.uploadMbps * 1024) / 8));
}

const commonDivisor = (a: number, b: number): number => (b === 0 ? a : commonDivisor(b, a % b));

/** Clocks everywhere differ from UTC by quarter hours, so steps that divide 15 minutes meet every wall-clock edge. */
function stepMs(schedule: readonly BandwidthWindow[]): number {
  const edges = schedule.flatMap((window) => [minuteOf(window.from), minuteOf(window.to)]);
  return edges.reduce(commonDivisor, 15) * MINUTE_MS;
}

/**
 * The next moment at which {@link capKiBps} answers otherwise, or `null` where it does not within eight days.
 * It walks the clock instead of computing with it: on the days when clocks change, a wall time can be missing or come
 * twice, and a window can begin or end with the change itself.
 */
export function nextCapChange(bandwidth: Bandwidth, at: Date): Date | null {
  if (bandwidth.uploadMbps === null || bandwidth.schedule.length === 0) return null;
  const step = stepMs(bandwidth.schedule);
  const now = inForce(bandwidth, at);
  const end = at.getTime() + HORIZON_MS;
  for (let time = (Math.floor(at.getTime() / step) + 1) * step; time <= end; time += step) {
    const moment = new Date(time);
    if (inForce(bandwidth, moment) !== now) return moment;
  }
  return null;
}
