import { existsSync } from 'node:fs';
import { SimulatedClock } from 'nas-sync/testing';
import { expect, it } from 'vitest';
import { Lab, listing, sha256sumCheck } from '../../support/lab.js';

const HOUR = 3_600_000;

it('with the default policy a run goes from queued to cleaned by itself, over restarts in between', async () => {
  const lab = new Lab();
  const clock = new SimulatedClock();
  const run = await lab.makeRun({ 'a.txt': 'a', 'deep/b.txt': 'b', 'deep/empty/': '' });
  const config = { ...lab.config, scheduler: { leaseSeconds: 3600 } };
  let client = lab.open({ clock, config });
  await client.enqueue(run);
  await client.idle();
  const states: string[] = [];
  for (let hour = 0; hour < 60; hour += 4) {
    states.push(await client.status(run));
    if (hour % 12 === 8) {
      await client.close();
      client = lab.open({ clock, config });
      await client.init();
    }
    await clock.advance(4 * HOUR, () => client.idle());
  }

  expect([...new Set(states)]).toEqual(['verified', 'cleanup_eligible', 'cleaned']);
  expect(await client.status(run)).toBe('cleaned');
  expect(listing(run)).toEqual(['.exlab-wizard/', '.exlab-wizard/checksums.sha256', '.exlab-wizard/creation.json']);
  expect(existsSync(lab.onNas(run, 'deep/empty'))).toBe(true);
  await sha256sumCheck(lab.onNas(run));
});
