import prettyBytes from 'pretty-bytes';
import prettyMilliseconds from 'pretty-ms';

const two = (value: number): string => String(value).padStart(2, '0');

const dayOf = (at: Date): string => `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;

/** `12:03:04`, local time. */
export function clockTime(atMs: number): string {
  const at = new Date(atMs);
  return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}

/** Local time: of another day than now's, with the day. */
export function localTime(atMs: number, nowMs: number): string {
  const day = dayOf(new Date(atMs));
  return day === dayOf(new Date(nowMs)) ? clockTime(atMs) : `${day} ${clockTime(atMs)}`;
}

/** `3m`, `2h`: the largest unit only. */
export const inShort = (ms: number): string => prettyMilliseconds(ms, { compact: true });

/** `3m ago`, `in 25s`. */
export function relativeTime(atMs: number, nowMs: number): string {
  const ms = Math.round((atMs - nowMs) / 1000) * 1000;
  if (ms === 0) return 'now';
  return ms > 0 ? `in ${inShort(ms)}` : `${inShort(-ms)} ago`;
}

/** `12:03:04 (3m ago)` */
export const bothTimes = (atMs: number, nowMs: number): string =>
  `${localTime(atMs, nowMs)} (${relativeTime(atMs, nowMs)})`;

export const inBytes = (bytes: number): string => prettyBytes(Math.max(0, Math.round(bytes)));

export const inFiles = (files: number): string => (files === 1 ? '1 file' : `${files} files`);
