import { printable, type AuditProgress } from '../../index.js';
import type { Screen } from '../progress/screen.js';
import { cut, cutStart, widthOf } from '../text/width.js';

const TICK_MS = 100;

/** `… 3 of 40 runs judged  …/SCOPE/Run_3` */
export function auditLine({ phase, folders, runs, judged, path }: AuditProgress, width: number): string {
  const counted =
    phase === 'judging' ? `… ${judged} of ${runs} runs judged` : `… ${folders} folders looked at for runs`;
  const room = width - widthOf(counted) - 2;
  return cut(room < 8 ? counted : `${counted}  ${cutStart(printable(path), room)}`, width);
}

/** Draws how far an audit is, where there is a terminal. */
export function showAudit(screen: Screen): { show: (progress: AuditProgress) => void; end: () => void } {
  let latest: AuditProgress | null = null;
  const draw = (): void => screen.draw(latest === null ? [] : [auditLine(latest, screen.width)]);
  const ticker = screen.draws ? setInterval(draw, TICK_MS) : null;
  return {
    show: (progress) => (latest = progress),
    end: () => {
      if (ticker !== null) clearInterval(ticker);
      screen.draw([]);
    },
  };
}
