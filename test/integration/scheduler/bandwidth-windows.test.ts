import type { BandwidthWindow } from '#dist/config/schema.js';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRecord, NasSyncClient, type PushRequest, type PushResult } from 'nas-sync';
import { MemoryTransport, SimulatedClock } from 'nas-sync/testing';
import { afterEach, beforeEach, expect, it, onTestFinished } from 'vitest';
import { fill } from '../../support/lab.js';

const zone = process.env['TZ'];
beforeEach(() => {
  process.env['TZ'] = 'Europe/Berlin';
});
afterEach(() => {
  if (zone === undefined) delete process.env['TZ'];
  else process.env['TZ'] = zone;
});

/** A push that is under way for as long as the test likes, and is asked for its cap as time passes. */
class LongPush extends MemoryTransport {
  cap: () => number | null = () => {
    throw new Error('no push has begun');
  };

  override async push(request: PushRequest): Promise<PushResult> {
    this.cap = request.capKiBps;
    return super.push(request);
  }
}

/** The caps, in KiB/s, that one push was given at these moments. */
async function capsAt(schedule: readonly BandwidthWindow[], moments: readonly string[]): Promise<(number | null)[]> {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'nas-sync-windows-')));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const nas = new LongPush();
  const release = nas.hold('push');
  const [start = ''] = moments;
  const clock = new SimulatedClock(Date.parse(start));
  const client = new NasSyncClient({
    config: {
      equipment: [
        {
          id: 'SCOPE',
          localRoot: root,
          transport: { type: 'mount', path: '/unused', bandwidth: { uploadMbps: 8, schedule } },
        },
      ],
      scheduler: { leaseSeconds: 86_400 },
    },
    database: join(root, 'queue.db'),
    transports: { SCOPE: nas },
    clock,
  });
  onTestFinished(() => client.close({ deadline: 0 }));
  fill(join(root, 'Run_1'), { 'a.tif': 'a' });
  await createRecord(join(root, 'Run_1'));
  await client.enqueue(join(root, 'Run_1'));
  await nas.reached('push');
  const caps: (number | null)[] = [];
  for (const moment of moments) {
    await clock.advance(Date.parse(moment) - clock.now());
    caps.push(nas.cap());
  }
  release();
  return caps;
}

it('a push that crosses the edges of a window is given each new cap on its way', async () => {
  const office = [{ days: ['mon'], from: '08:00', to: '18:00' }] as const;

  const caps = await capsAt(office, [
    '2026-06-01T07:59:59+02:00',
    '2026-06-01T08:00:00+02:00',
    '2026-06-01T17:59:59+02:00',
    '2026-06-01T18:00:00+02:00',
  ]);

  expect(caps).toEqual([null, 1024, 1024, null]);
});

it('on the night when the clock goes forward, a window that begins in the missing hour begins after it', async () => {
  const night = [{ days: ['sun'], from: '02:30', to: '04:00' }] as const;

  const caps = await capsAt(night, [
    '2026-03-29T00:59:59Z', // 01:59:59
    '2026-03-29T01:00:00Z', // 03:00:00
    '2026-03-29T01:59:59Z', // 03:59:59
    '2026-03-29T02:00:00Z', // 04:00:00
  ]);

  expect(caps).toEqual([null, 1024, 1024, null]);
});

it('on the night when the clock goes back, a window in the hour that comes twice holds twice', async () => {
  const night = [{ days: ['sun'], from: '02:00', to: '02:30' }] as const;

  const caps = await capsAt(night, [
    '2026-10-25T00:00:00Z', // 02:00 in summer
    '2026-10-25T00:30:00Z', // 02:30
    '2026-10-25T01:00:00Z', // 02:00 again
    '2026-10-25T01:30:00Z', // 02:30
  ]);

  expect(caps).toEqual([1024, null, 1024, null]);
});
