import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PushRequest, PushResult } from 'nas-sync';
import { SimulatedClock } from 'nas-sync/testing';
import { MountTransport } from '#dist/transports/mount/mount-transport.js';
import { expect, it } from 'vitest';
import { Lab } from '../../support/lab.js';

const TREE = { 'a.raw': 'first', 'b.raw': 'second' };

/** While this one pushes, another workstation seals the place; bytes move on, and time passes. */
class SealedMeanwhile extends MountTransport {
  readonly #clock: SimulatedClock;
  readonly #seals: (target: string) => void;

  constructor(path: string, clock: SimulatedClock, seals: (target: string) => void) {
    super({ path, timeoutSeconds: 60 });
    this.#clock = clock;
    this.#seals = seals;
  }

  override async push(request: PushRequest): Promise<PushResult> {
    this.#seals(request.target);
    await this.#clock.advance(61_000);
    request.onProgress({ files: 0, bytes: 1, currentFile: 'a.raw' });
    if (!request.signal.aborted) await Promise.race([once(request.signal, 'abort'), sleep(5000)]);
    request.signal.throwIfAborted();
    return super.push(request);
  }
}

const recordAt = (lab: Lab, target: string): string => join(lab.nas, target, '.exlab-wizard/creation.json');

function seal(lab: Lab, target: string, pass: string): void {
  const file = recordAt(lab, target);
  const record = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
  const mark = { queue: 'q', job: 'j', pass, sealed_at: '2026-01-02T03:04:05Z', manifest_sha256: '0' };
  writeFileSync(file, JSON.stringify({ ...record, nas_sync: mark }));
}

it('a push ends as a conflict when another workstation seals the place meanwhile', async () => {
  const lab = new Lab();
  const run = await lab.makeRun(TREE);
  const clock = new SimulatedClock();
  const transport = new SealedMeanwhile(lab.nas, clock, (target) => seal(lab, target, 'another'));
  const client = lab.open({ clock, transport });

  const { jobId } = await client.enqueue(run);
  const [job] = await client.settled([jobId]);

  expect(job).toMatchObject({ state: 'failed', lastError: { kind: 'target_conflict' } });
  expect(job!.lastError!.message).toContain('a version that this queue never proved (sealed 2026-01-02T03:04:05Z');
});
