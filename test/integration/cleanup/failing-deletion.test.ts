import { existsSync } from 'node:fs';
import { SimulatedClock } from 'nas-sync/testing';
import { describe, expect, it } from 'vitest';
import { DeletionLab, HOUR, T0 } from '../../support/deletion-lab.js';

const MINUTE = 60_000;

/** A deletion that fails at one act as long as `broken` says so, and when it did. */
async function failingAt(act: string, cleanup: Parameters<DeletionLab['configWith']>[0] = {}) {
  const lab = new DeletionLab();
  const config = lab.configWith(cleanup);
  const run = await lab.proven({ 'a.txt': 'a', 'b.txt': 'b' }, {}, config);
  const clock = new SimulatedClock(T0);
  const story = { broken: true, failures: [] as number[] };
  const at = (moment: string, doing: string): void => {
    if (!story.broken || `${moment} ${doing}` !== act) return;
    story.failures.push(clock.now());
    throw Object.assign(new Error('EIO: i/o error'), { code: 'EIO' });
  };
  const client = lab.open({ config, clock, faults: { at } });
  await client.init();
  await client.acceptPolicy({ operator: 'ada' });
  await client.idle();
  const pass = async (ms: number): Promise<void> => clock.advance(ms, () => client.idle());
  return { client, run, story, pass };
}

const gapsIn = (times: readonly number[]): number[] => times.slice(1).map((time, index) => time - times[index]!);

describe('a deletion that fails again and again', () => {
  it.for([
    ['after intent', {}],
    ['before record-on-nas', {}],
    ['before done', {}],
  ] as const)('waits twice as long each time: %s', async ([act, cleanup]) => {
    const { story, pass } = await failingAt(act, cleanup);
    for (let tenMinutes = 0; tenMinutes < 16; tenMinutes += 1) await pass(10 * MINUTE);
    expect(gapsIn(story.failures)).toEqual([10 * MINUTE, 20 * MINUTE, 40 * MINUTE, 80 * MINUTE]);
  });

  it('never waits longer than 12 hours, and is done soon after what was wrong is right', async () => {
    const { story, run, pass, client } = await failingAt('after intent', { passIntervalHours: 24 * 7 });
    for (let hours = 0; hours < 72; hours += 1) await pass(HOUR);
    const gaps = gapsIn(story.failures);
    expect(Math.max(...gaps)).toBeGreaterThan(10 * HOUR);
    expect(Math.max(...gaps)).toBeLessThanOrEqual(12 * HOUR);
    story.broken = false;
    for (let hours = 0; hours < 12; hours += 1) await pass(HOUR);
    expect(await client.status(run)).toBe('cleaned');
    expect(existsSync(`${run}/a.txt`)).toBe(false);
  });
});
