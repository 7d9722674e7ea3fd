export const HOUR_MS = 3_600_000;

/** `23.5 h`, under an hour `42 min`. Rounded down: nothing is ever told to be older than it is. */
export function hoursText(ms: number): string {
  if (ms < HOUR_MS) return `${Math.floor(ms / 60_000)} min`;
  return `${Math.floor((ms / HOUR_MS) * 10) / 10} h`;
}
