import type { Engine } from './engine.js';

/** Time for everything that must not be over early because somebody set the clock: ages, intervals, the trash. In ms. */
export const steadyNow = ({ store, clock, workerId }: Pick<Engine, 'store' | 'clock' | 'workerId'>): Promise<number> =>
  store.steady.advance(clock.uptime?.() ?? { boot: workerId, ms: clock.monotonic() }, clock.now());
