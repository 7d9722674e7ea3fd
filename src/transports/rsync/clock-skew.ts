import type { Examined } from '../transport.js';

const MOST_SKEW_S = 60;

/** How far the server's clock is off, as `doctor` tells it. */
export function clockSkew(seconds: number): Examined {
  const ok = Math.abs(seconds) <= MOST_SKEW_S;
  const detail = seconds === 0 ? 'the same as here' : `${Math.abs(seconds)} s ${seconds > 0 ? 'ahead' : 'behind'}`;
  return { name: 'clock_skew', ok, detail: `the server's clock: ${detail}`, fix: ok ? null : 'set both clocks by NTP' };
}
