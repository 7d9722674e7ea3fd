import type { DoctorCheck } from '../../index.js';
import type { Screen } from '../progress/screen.js';
import { inShort } from '../text/format.js';
import { cut } from '../text/width.js';

const TICK_MS = 250;
/** What ends sooner is not worth a line. */
const LONG_MS = 500;

type Begun = Pick<DoctorCheck, 'equipmentId' | 'name'>;

/** `… CONFOCAL_01: canary_written (3s)` */
export const checkLine = ({ equipmentId, name }: Begun, ms: number, width: number): string =>
  cut(`… ${equipmentId ?? 'this machine'}: ${name} (${inShort(ms)})`, width);

/** Draws the check that is being made, once it takes long, where there is a terminal. */
export function showChecks(screen: Screen): { begin: (check: Begun) => void; end: () => void } {
  let current: (Begun & { since: number }) | null = null;
  const draw = (): void => {
    const ms = current === null ? 0 : performance.now() - current.since;
    screen.draw(current !== null && ms >= LONG_MS ? [checkLine(current, ms, screen.width)] : []);
  };
  const ticker = screen.draws ? setInterval(draw, TICK_MS) : null;
  return {
    begin: (check) => (current = { ...check, since: performance.now() }),
    end: () => {
      if (ticker !== null) clearInterval(ticker);
      screen.draw([]);
    },
  };
}
