import type { ConfigInput } from 'nas-sync';
import { expect, it } from 'vitest';
import { EQUIPMENT, listing } from '../../support/lab.js';
import { HOUR, LettingGo, snapshot } from './cleanup-lab.js';

type Policy = NonNullable<ConfigInput['nasCleanup']>;

const ADA = { operator: 'ada', reason: 'the NAS has snapshots now' };
const STRICT: Policy = { minAgeHours: 240, passIntervalHours: 1000 };

const loosenedTo = async (before: Policy, after: Policy): Promise<LettingGo> => {
  const scene = await LettingGo.proven({ policy: before });
  scene.policy = { ...scene.policy, ...after };
  return scene;
};

/** The config without the equipment, or with another id for it. */
const withEquipment = (scene: LettingGo, ids: readonly string[]) => ({
  ...scene.lab.config,
  nasCleanup: scene.policy,
  equipment: scene.lab.config.equipment.flatMap((one) => ids.map((id) => ({ ...one, id }))),
});

it.each<[string, Policy, Policy]>([
  ['a shorter age', { minAgeHours: 240 }, { minAgeHours: 0 }],
  ['fewer passes', { minVerifyPasses: 2, passIntervalHours: 1000 }, { minVerifyPasses: 1 }],
  ['weaker evidence', { minEvidence: 'remote-hash' }, { minEvidence: 'cached-read' }],
  ['deletions that are switched on', { enabled: false }, { enabled: true }],
])('%s deletes nothing that was proven before a person accepts it', async (_, before, after) => {
  const scene = await loosenedTo(before, after);
  const files = snapshot(scene.run);
  expect((await scene.reap()).state).not.toBe('cleaned');
  expect((await scene.reap()).state).not.toBe('cleaned');
  expect(snapshot(scene.run)).toEqual(files);
  const { accepted } = await scene.asking((client) => client.acceptPolicy(ADA));
  expect(accepted).toMatchObject([{ equipmentId: EQUIPMENT, changes: [{}, {}].slice(0, accepted[0]!.changes.length) }]);
  expect((await scene.reap()).state).toBe('cleaned');
});

it('a trash that was switched off is still used before a person accepts it', async () => {
  const scene = await loosenedTo({ trashHours: 24 }, { trashHours: 0 });
  expect((await scene.reap()).waitingFor).toMatchObject([{ name: 'trash', required: '24 h in it' }]);
  expect(listing(scene.at('.exlab-wizard/.nas-sync-trash'))).toContain('a.txt');
});

it('a cache that is kept no longer is still kept before a person accepts it', async () => {
  const scene = await loosenedTo({ retainCache: true }, { retainCache: false });
  expect((await scene.reap()).state).toBe('cleaned');
  expect(listing(scene.run)).toContain('.exlab-wizard/checksums.sha256');
});

it('what is stricter counts at once, and beside it what was accepted of the rest', async () => {
  const scene = await loosenedTo({ minAgeHours: 24, passIntervalHours: 1 }, { minAgeHours: 0, minVerifyPasses: 2 });
  const client = scene.open();
  await client.init();
  await scene.clock.advance(2 * HOUR, () => client.idle());
  expect(await client.job(scene.run)).toMatchObject({ verifyPasses: 2, waitingFor: [{ name: 'age' }] });
  await scene.clock.advance(24 * HOUR, () => client.idle());
  expect(await client.status(scene.run)).toBe('cleaned');
});

it('a policy that was tightened for a while is not loosened by its return', async () => {
  const scene = await LettingGo.proven({ policy: { minAgeHours: 1 } });
  scene.policy = { ...scene.policy, minAgeHours: 240 };
  await scene.reap();
  scene.policy = { ...scene.policy, minAgeHours: 1 };
  await scene.clock.advance(2 * HOUR);
  expect((await scene.reap()).waitingFor).toMatchObject([{ name: 'age', required: '240 h since the last pass' }]);
});

it('a process that only asks tightens nothing, whatever it is configured to', async () => {
  const scene = await LettingGo.proven({ policy: { minAgeHours: 0 } });
  const policy = scene.policy;
  scene.policy = { ...policy, minAgeHours: 240 };
  await scene.asking((client) => client.explain(scene.run));
  scene.policy = policy;
  expect((await scene.reap()).state).toBe('cleaned');
});

it('hosts, the log and explain are told what was loosened, and by how much', async () => {
  const scene = await loosenedTo(STRICT, { minAgeHours: 0 });
  const said: string[] = [];
  const log = (_: object, message: string) => void said.push(message);
  const client = scene.open({ logger: { debug: () => undefined, info: log, warn: log, error: log } });
  await client.init();
  await client.idle();
  const changes = [{ setting: 'nas_cleanup.min_age_hours', accepted: 240, configured: 0 }];
  expect(client.live.getSnapshot().context.loosened).toEqual({ [EQUIPMENT]: changes });
  const told = `nas_cleanup.min_age_hours: 240 → 0 (${EQUIPMENT})`;
  expect(said.filter((message) => message.includes(told))).toHaveLength(1);
  expect((await client.explain(scene.run)).because).toContain(told);
  await client.acceptPolicy(ADA);
  expect(client.live.getSnapshot().context.loosened).toEqual({});
  expect((await client.explain(scene.run)).because).not.toContain(told);
  await client.idle();
  expect(await client.status(scene.run)).toBe('cleaned');
});

it('a process at work follows what is accepted in another, and what another tightens', async () => {
  const scene = await loosenedTo(STRICT, { minAgeHours: 0 });
  const worker = scene.open();
  await worker.init();
  await worker.idle();
  await scene.asking((client) => client.acceptPolicy(ADA));
  await worker.waitFor(scene.run, 'cleaned', { signal: AbortSignal.timeout(20_000) });

  const second = await scene.lab.makeRun({ 'a.txt': 'a' }, 'Run_2');
  const tightened = { ...scene.policy, minAgeHours: 5 };
  const other = scene.open({ drive: 'own', config: { ...withEquipment(scene, [EQUIPMENT]), nasCleanup: tightened } });
  await other.init();
  await other.close();
  await scene.lab.sync(second, worker);
  await worker.idle();
  expect(await worker.job(second)).toMatchObject({
    waitingFor: [{ name: 'age', required: '5 h since the last pass' }],
  });
});

it('an equipment that was taken out of the config and comes back with less is held to what was accepted', async () => {
  const scene = await loosenedTo(STRICT, {});
  await scene.open({ drive: 'none', config: withEquipment(scene, ['OTHER']) }).init();
  scene.policy = { ...scene.policy, minAgeHours: 0 };
  expect((await scene.reap()).waitingFor).toMatchObject([{ name: 'age', required: '240 h since the last pass' }]);
});

it('an equipment that the queue has jobs of, and no word on, is held to the strictest that is known', async () => {
  const scene = await LettingGo.proven({ policy: { minAgeHours: 240 } });
  const { default: Database } = await import('better-sqlite3');
  const database = new Database(scene.lab.at('queue.db'));
  const { accepted_policy: text } = database.prepare('SELECT accepted_policy FROM queue_identity').get() as {
    accepted_policy: string;
  };
  const stored = JSON.parse(text) as { equipment: Record<string, unknown> };
  const equipment = { OTHER: stored.equipment[EQUIPMENT] };
  database.prepare('UPDATE queue_identity SET accepted_policy = ?').run(JSON.stringify({ ...stored, equipment }));
  database.close();
  scene.policy = { ...scene.policy, minAgeHours: 0 };
  // Two passes are the default, which counts where nothing is known.
  expect((await scene.reap()).waitingFor).toMatchObject([{ name: 'verify_passes', required: '2 passes' }]);
  await scene.asking((client) => client.acceptPolicy(ADA));
  expect((await scene.reap()).state).toBe('cleaned');
});

it('an equipment that is new, with no jobs, gets the policy that is configured', async () => {
  const scene = await loosenedTo(STRICT, { minAgeHours: 0 });
  const client = scene.open({ config: withEquipment(scene, ['OTHER']), drive: 'none' });
  await client.init();
  expect(client.live.getSnapshot().context.loosened).toEqual({});
});

it('who accepted what, when and why is kept in the queue', async () => {
  const scene = await loosenedTo(STRICT, { minAgeHours: 0 });
  await scene.asking((client) => client.acceptPolicy(ADA));
  await scene.asking((client) => client.acceptPolicy({ operator: 'ben' }));
  const { default: Database } = await import('better-sqlite3');
  const database = new Database(scene.lab.at('queue.db'));
  const { accepted_policy: text } = database.prepare('SELECT accepted_policy FROM queue_identity').get() as {
    accepted_policy: string;
  };
  database.close();
  const changes = { [EQUIPMENT]: [{ setting: 'nas_cleanup.min_age_hours', accepted: 240, configured: 0 }] };
  expect((JSON.parse(text) as { acceptances: unknown }).acceptances).toEqual([
    { at: scene.clock.now(), ...ADA, changes },
  ]);
  await expect(scene.asking((client) => client.acceptPolicy({ operator: ' ' }))).rejects.toMatchObject({
    code: 'usage',
  });
});
