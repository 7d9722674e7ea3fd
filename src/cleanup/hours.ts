export const HOUR_MS = 3_600_000;

/** `23.5 h`; under an hour in minutes, so that a short wait does not read as none. */
export function hoursText(ms: number): string {
  if (ms > 0 && ms < HOUR_MS) return `${Math.ceil(ms / 60_000)} min`;
  return `${Math.floor((ms / HOUR_MS) * 10) / 10} h`;
}
