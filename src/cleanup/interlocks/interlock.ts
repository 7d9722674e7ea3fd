import type { Interlock, Kept } from '../../machines/job-types.js';

type Made = Omit<Interlock, 'ok' | 'until' | 'fix'>;

/** One that holds needs no mend and waits for no time. */
export const interlock = (ok: boolean, made: Made, fix: string, until: number | null = null): Interlock => ({
  ...made,
  ok,
  until: ok ? null : until,
  fix: ok ? null : fix,
});

/** The first few by name, the rest by count. */
export function listed(kept: readonly Kept[], most = 3): string {
  const named = kept.slice(0, most).map(({ path, reason }) => (reason === '' ? path : `${path}: ${reason}`));
  return `${named.join('; ')}${kept.length > most ? ` and ${kept.length - most} more` : ''}`;
}
