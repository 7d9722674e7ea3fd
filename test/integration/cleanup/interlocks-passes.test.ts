import { expect, it } from 'vitest';
import { failing, HOUR, LettingGo, snapshot } from './cleanup-lab.js';

/** The named interlock alone fails, is told with its values, and no file moved. */
async function expectHeldBy(scene: LettingGo, name: string, told: { measured: RegExp; required: RegExp }) {
  const before = snapshot(scene.run);
  const { result, job } = await scene.clean();
  expect(failing(result)).toEqual([name]);
  expect(result).toMatchObject({ deleted: false });
  const one = result.interlocks.find((interlock) => interlock.name === name)!;
  expect(one.measured).toMatch(told.measured);
  expect(one.required).toMatch(told.required);
  const { deletion } = await scene.asking((client) => client.explain(scene.run));
  expect(deletion.allowed).toBe(false);
  expect(failing(deletion)).toEqual([name]);
  expect(job.state).not.toBe('cleaned');
  expect(snapshot(scene.run)).toEqual(before);
}

async function expectGone(scene: LettingGo): Promise<void> {
  const { result, job } = await scene.clean();
  expect(failing(result)).toEqual([]);
  expect(result.deleted).toBe(true);
  expect(job.state).toBe('cleaned');
}

it('verify_passes: one pass of two keeps the files', async () => {
  const scene = await LettingGo.proven({ policy: { minVerifyPasses: 2 } });
  await expectHeldBy(scene, 'verify_passes', { measured: /^1 of 2/u, required: /2 passes/u });
  expect((await scene.reap()).waitingFor).toMatchObject([{ name: 'verify_passes', ok: false }]);
});

it('age: one millisecond less than asked keeps the files, and the very instant lets them go', async () => {
  const scene = await LettingGo.proven({ policy: { minAgeHours: 24 } });
  await scene.clock.advance(24 * HOUR - 1);
  await expectHeldBy(scene, 'age', { measured: /23\.9 h/u, required: /24 h/u });
  expect((await scene.reap()).waitingFor).toMatchObject([{ name: 'age', ok: false }]);
  await scene.clock.advance(1);
  await expectGone(scene);
});

it('age: a wall clock that jumped forward by two days counts for nothing, also after a restart', async () => {
  const scene = await LettingGo.proven({ policy: { minAgeHours: 24 } });
  const client = scene.open();
  await client.init();
  scene.clock.jump(48 * HOUR);
  await scene.clock.advance(HOUR, () => client.idle());
  expect(await client.status(scene.run)).not.toBe('cleaned');
  await client.close();
  await expectHeldBy(scene, 'age', { measured: /^1 h/u, required: /24 h/u });
  expect(await scene.reap()).toMatchObject({ state: 'cleanup_eligible', waitingFor: [{ name: 'age' }] });
});

it('age: a wall clock that was set back delays nothing', async () => {
  const scene = await LettingGo.proven({ policy: { minAgeHours: 24 } });
  scene.clock.jump(-48 * HOUR);
  await scene.clock.advance(24 * HOUR);
  await expectGone(scene);
});

it('evidence: a weaker reading than asked keeps the files', async () => {
  const scene = await LettingGo.proven();
  scene.policy = { ...scene.policy, minEvidence: 'remote-hash' };
  await expectHeldBy(scene, 'evidence', { measured: /read/u, required: /remote-hash/u });
  expect((await scene.reap()).waitingFor).toMatchObject([{ name: 'evidence', ok: false }]);
});

it('proof_fresh: the last instant of a proof lets the files go', async () => {
  const scene = await LettingGo.proven({ policy: { passIntervalHours: 1 } });
  await scene.clock.advance(2 * HOUR - 1);
  await expectGone(scene);
});

it('proof_fresh: a proof that has run out keeps the files, and a new pass comes by itself', async () => {
  const scene = await LettingGo.proven({ policy: { passIntervalHours: 1 } });
  await scene.clock.advance(2 * HOUR);
  await expectHeldBy(scene, 'proof_fresh', { measured: /good until/u, required: /at most 2 h/u });
  expect((await scene.reap()).state).toBe('cleaned');
  expect(await scene.events()).toContain('pass.due');
});

it('proof_fresh: a stricter policy ends a proof that was longer when it was made', async () => {
  const scene = await LettingGo.proven({ policy: { passIntervalHours: 24 } });
  await scene.clock.advance(3 * HOUR);
  scene.policy = { ...scene.policy, passIntervalHours: 1 };
  await expectHeldBy(scene, 'proof_fresh', { measured: /^3 h old/u, required: /at most 2 h/u });
});
