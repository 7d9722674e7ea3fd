import type { LiveStore } from '../../index.js';
import { drawProgress } from './render.js';
import type { Screen } from './screen.js';
import { isNews, moveLine, movesBetween, type Move } from './transitions.js';

const REDRAW_MS = 100;
/** So that times go on while nothing moves. */
const TICK_MS = 1000;

/** Calls back for each transition that this process makes or learns of; returns what ends it. */
export function followMoves(live: LiveStore, onMove: (move: Move) => void): () => void {
  let before = live.getSnapshot().context;
  const subscription = live.subscribe(({ context }) => {
    for (const move of movesBetween(before, context)) onMove(move);
    before = context;
  });
  return () => subscription.unsubscribe();
}

/** Shows the live store on the screen, and nothing else; `moves`: each transition too. Returns what ends it. */
export function showProgress(live: LiveStore, screen: Screen, { moves }: { moves: boolean }): () => void {
  const unfollow = followMoves(live, (move) => {
    if (moves && (!screen.draws || isNews(move))) screen.line(moveLine(move));
  });
  const stopDrawing = screen.draws ? keepDrawing(live, screen) : null;
  return () => {
    unfollow();
    stopDrawing?.();
  };
}

function keepDrawing(live: LiveStore, screen: Screen): () => void {
  let due: NodeJS.Timeout | null = null;
  const draw = (): void => {
    due = null;
    screen.draw(drawProgress(live.getSnapshot().context, screen.width, Date.now()));
  };
  const subscription = live.subscribe(() => (due ??= setTimeout(draw, REDRAW_MS)));
  const ticker = setInterval(draw, TICK_MS);
  return () => {
    subscription.unsubscribe();
    clearInterval(ticker);
    if (due !== null) clearTimeout(due);
    screen.draw([]);
  };
}
