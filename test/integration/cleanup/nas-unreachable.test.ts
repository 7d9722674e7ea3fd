import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { NasSyncError, type HashRequest, type TargetListing } from 'nas-sync';
import { expect, it } from 'vitest';
import { MountTransport } from '#dist/transports/mount/mount-transport.js';
import { flipByte } from '../pass/damage.js';
import { HOUR, LettingGo, lost, snapshot, when } from './cleanup-lab.js';

/** The share is not mounted from here on: an empty folder stands in its place. */
function unmount(scene: LettingGo): void {
  renameSync(scene.lab.nas, scene.lab.at('unmounted'));
  mkdirSync(scene.lab.nas);
}

function otherNas(scene: LettingGo): void {
  unmount(scene);
  const token = readFileSync(scene.lab.at('unmounted/.nas-sync-target.json'), 'utf8');
  const other = token.replace(/[0-9a-f]{8}-/u, '00000000-');
  writeFileSync(scene.lab.at('nas/.nas-sync-target.json'), other);
}

it.each([
  ['the first file goes', 'after', 'intent'],
  ['its record is told', 'before', 'record-on-nas'],
] as const)(
  'a NAS that is unmounted before %s: nothing is written below, and cleaned is not said',
  async (_, moment, act) => {
    const scene = await LettingGo.proven();
    const before = scene.contents();
    const { result, job } = await scene.clean({ faults: when(moment, act, () => unmount(scene)) });
    expect(lost(before, scene.contents())).toEqual([]);
    expect(snapshot(scene.lab.nas)).toEqual({});
    expect(result.deleted).toBe(false);
    expect(job.state).not.toBe('cleaned');
    expect(result.refused[0]!.reason).toMatch(/mounted\?/u);
  },
);

it('a NAS that is unmounted in the middle of a deletion: the run goes on when it is back', async () => {
  const scene = await LettingGo.proven();
  await scene.clean({ faults: when('before', 'record-on-nas', () => unmount(scene)) });
  rmSync(scene.lab.nas, { recursive: true });
  renameSync(scene.lab.at('unmounted'), scene.lab.nas);
  await scene.clock.advance(HOUR);
  expect((await scene.reap()).state).toBe('cleaned');
  expect(readFileSync(scene.onNas('.exlab-wizard/creation.json'), 'utf8')).toMatch(/"sync_status": *"cleaned"/u);
});

it.each([true, false])(
  'another NAS in the middle of a deletion is not written to (retain_cache: %s)',
  async (retainCache) => {
    const scene = await LettingGo.proven({ policy: { retainCache } });
    const before = scene.contents();
    const { job } = await scene.clean({ faults: when('before', 'record-on-nas', () => otherNas(scene)) });
    expect(Object.keys(snapshot(scene.lab.nas))).toEqual(['.nas-sync-target.json']);
    expect(job.state).not.toBe('cleaned');
    expect(lost(before, scene.contents())).toEqual([]);
  },
);

/** Becomes unreadable while it is read again. */
class Failing extends MountTransport {
  reads = 0;

  override async hash(request: HashRequest): Promise<TargetListing> {
    this.reads += 1;
    const [half] = request.entries.filter(({ kind }) => kind === 'file');
    await super.hash({ ...request, entries: [half!] });
    throw new NasSyncError('network', 'the NAS stopped answering half-way');
  }
}

it('a NAS that becomes unreadable half-way keeps the files, and the job says why', async () => {
  const scene = await LettingGo.proven();
  const before = snapshot(scene.run);
  const transport = new Failing({ path: scene.lab.nas, timeoutSeconds: 10 });
  const { result, job } = await scene.clean({ transport });
  expect(transport.reads).toBe(1);
  expect(result).toMatchObject({
    deleted: false,
    refused: [{ reason: expect.stringMatching(/half-way/u) as unknown }],
  });
  expect(job).toMatchObject({
    state: 'cleanup_eligible',
    lastError: { message: expect.stringMatching(/half-way/u) as unknown },
  });
  expect(snapshot(scene.run)).toEqual(before);
});

it.each([
  ['loses a file', (scene: LettingGo) => rmSync(scene.onNas('a.txt'))],
  ['has one byte flipped', (scene: LettingGo) => flipByte(scene.onNas('a.txt'))],
])('a NAS that %s while the files are in the trash is healed from it', async (_, damage) => {
  const scene = await LettingGo.proven({ policy: { trashHours: 48 } });
  const before = scene.contents();
  expect((await scene.reap()).waitingFor).toMatchObject([{ name: 'trash' }]);
  damage(scene);
  const client = scene.open();
  await client.init();
  await scene.clock.advance(120 * HOUR, () => client.idle());
  expect(await client.status(scene.run)).toBe('cleaned');
  expect(lost(before, scene.contents())).toEqual([]);
});
