import { SimulatedClock } from 'nas-sync/testing';
import { describe, expect, it } from 'vitest';

describe('the simulated clock', () => {
  it('stands still until it is told to move', () => {
    const clock = new SimulatedClock(1000);
    expect([clock.now(), clock.now()]).toEqual([1000, 1000]);
  });

  it('fires timers in the order of their times, each at its own time', async () => {
    const clock = new SimulatedClock(0);
    const fired: [string, number][] = [];
    clock.setTimer(() => fired.push(['late', clock.now()]), 200);
    clock.setTimer(() => fired.push(['early', clock.now()]), 100);
    await clock.advance(300);
    expect(fired).toEqual([
      ['early', 100],
      ['late', 200],
    ]);
  });

  it('fires timers that are set while it moves', async () => {
    const clock = new SimulatedClock(0);
    let beats = 0;
    const beat = (): void => {
      beats += 1;
      clock.setTimer(beat, 10);
    };
    clock.setTimer(beat, 10);
    await clock.advance(100);
    expect(beats).toBe(10);
  });

  it('does not fire what was disarmed', async () => {
    const clock = new SimulatedClock(0);
    let fired = false;
    clock.setTimer(() => (fired = true), 10)();
    await clock.advance(100);
    expect(fired).toBe(false);
  });

  it('jumps like a wall clock that is set: no time passes and nothing fires', async () => {
    const clock = new SimulatedClock(0);
    let fired = false;
    clock.setTimer(() => (fired = true), 10);
    clock.jump(1_000_000);
    expect([clock.now(), clock.monotonic(), fired]).toEqual([1_000_000, 0, false]);
  });
});
