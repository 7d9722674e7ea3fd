import { expect, it } from 'vitest';
import { HOUR, LettingGo, snapshot } from './cleanup-lab.js';

it('cleanup.enabled: false leaves the run verified, and says so', async () => {
  const scene = await LettingGo.proven();
  scene.policy = { ...scene.policy, enabled: false };
  const before = snapshot(scene.run);
  const client = scene.open();
  await client.init();
  await scene.clock.advance(200 * HOUR, () => client.idle());
  const job = (await client.job(scene.run))!;
  expect(job).toMatchObject({ state: 'verified', nextAttemptAt: null, waitingFor: [{ name: 'cleanup_enabled' }] });
  const { deletion } = await client.explain(scene.run);
  expect(deletion).toMatchObject({
    allowed: false,
    interlocks: [{ name: 'cleanup_enabled', ok: false }, ...Array<object>(16).fill({})],
  });
  await expect(client.clean(scene.run)).rejects.toMatchObject({ code: 'not_allowed' });
  expect(snapshot(scene.run)).toEqual(before);
});

it('cleanup that is switched on, and accepted, lets the run go on', async () => {
  const scene = await LettingGo.proven({ policy: { enabled: false } });
  expect((await scene.reap()).state).toBe('verified');
  scene.policy = { ...scene.policy, enabled: true };
  await scene.asking((client) => client.acceptPolicy({ operator: 'ada' }));
  expect((await scene.reap()).state).toBe('cleaned');
});

it('cleanup that is switched off at the next start takes an eligible run back to verified', async () => {
  const scene = await LettingGo.proven({ policy: { minAgeHours: 24 } });
  expect((await scene.reap()).state).toBe('cleanup_eligible');
  scene.policy = { ...scene.policy, enabled: false, minAgeHours: 0 };
  expect(await scene.reap()).toMatchObject({ state: 'verified', waitingFor: [{ name: 'cleanup_enabled' }] });
});

it('a policy that asks for more at a restart is followed', async () => {
  const scene = await LettingGo.proven({ policy: { minAgeHours: 24 } });
  expect((await scene.reap()).state).toBe('cleanup_eligible');
  scene.policy = { ...scene.policy, minVerifyPasses: 2, minAgeHours: 48 };
  await scene.clock.advance(25 * HOUR);
  const client = scene.open();
  await client.init();
  await client.idle();
  expect(await client.job(scene.run)).toMatchObject({ verifyPasses: 2, waitingFor: [{ name: 'age' }] });
  await scene.clock.advance(47 * HOUR, () => client.idle());
  expect(await client.status(scene.run)).toBe('cleanup_eligible');
  await scene.clock.advance(HOUR, () => client.idle());
  expect(await client.status(scene.run)).toBe('cleaned');
});

it('a policy that asks for less is followed once it is accepted', async () => {
  const scene = await LettingGo.proven({ policy: { minAgeHours: 240, minVerifyPasses: 2 } });
  expect(await scene.reap()).toMatchObject({ state: 'verified', waitingFor: [{ name: 'verify_passes' }] });
  scene.policy = { ...scene.policy, minAgeHours: 0, minVerifyPasses: 1 };
  expect(await scene.reap()).toMatchObject({ state: 'verified', waitingFor: [{ name: 'verify_passes' }] });
  await scene.asking((client) => client.acceptPolicy({ operator: 'ada' }));
  expect((await scene.reap()).state).toBe('cleaned');
});

it('a clock that is set back between two passes holds nothing up', async () => {
  const scene = await LettingGo.proven({ policy: { minVerifyPasses: 2, passIntervalHours: 24 } });
  scene.clock.jump(-240 * HOUR);
  const client = scene.open();
  await client.init();
  await scene.clock.advance(25 * HOUR, () => client.idle());
  expect(await client.job(scene.run)).toMatchObject({ state: 'cleaned', verifyPasses: 2 });
});
