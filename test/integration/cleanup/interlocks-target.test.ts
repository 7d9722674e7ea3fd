import { mkdirSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { sha256sumCheck } from '../../support/lab.js';
import { flipByte } from '../pass/damage.js';
import { failing, LettingGo, lost, snapshot } from './cleanup-lab.js';

async function expectHeldBy(scene: LettingGo, names: readonly string[], measured: RegExp): Promise<void> {
  const before = snapshot(scene.run);
  const { result, job } = await scene.clean();
  expect(failing(result)).toEqual(names);
  expect(result.deleted).toBe(false);
  expect(result.interlocks.find(({ name }) => name === names[0])!.measured).toMatch(measured);
  expect(job.state).not.toBe('cleaned');
  expect(snapshot(scene.run)).toEqual(before);
}

/** While the target cannot be asked, what it holds is not known either. */
const UNREACHABLE = ['target_reachable', 'seal_current', 'target_present', 'no_extra_files', 'target_unchanged'];

it('target_reachable: a share that is not mounted keeps the files, and nothing is written below it', async () => {
  const scene = await LettingGo.proven();
  renameSync(scene.lab.nas, scene.lab.at('unmounted'));
  mkdirSync(scene.lab.nas);
  await expectHeldBy(scene, UNREACHABLE, /mounted\?/u);
  expect(await scene.reap()).toMatchObject({ waitingFor: [{ name: 'target_reachable', ok: false }] });
  expect(snapshot(scene.lab.nas)).toEqual({});
});

it('target_reachable: a NAS without its folder keeps the files', async () => {
  const scene = await LettingGo.proven();
  renameSync(scene.lab.nas, scene.lab.at('gone'));
  await expectHeldBy(scene, UNREACHABLE, /mounted\?/u);
});

it('target_reachable: a NAS whose token is gone keeps the files', async () => {
  const scene = await LettingGo.proven();
  rmSync(`${scene.lab.nas}/.nas-sync-target.json`);
  await expectHeldBy(scene, UNREACHABLE, /identity token/u);
});

it('target_reachable: another NAS, though it holds the same files, keeps them here', async () => {
  const scene = await LettingGo.proven();
  const token = `${scene.lab.nas}/.nas-sync-target.json`;
  writeFileSync(token, readFileSync(token, 'utf8').replace(/[0-9a-f]{8}-/u, '00000000-'));
  await expectHeldBy(scene, UNREACHABLE, /another target/u);
  expect((await scene.reap()).waitingFor.map(({ name }) => name).sort()).toEqual(UNREACHABLE.toSorted());
});

it('target_present: a file that the NAS lost keeps the files', async () => {
  const scene = await LettingGo.proven();
  rmSync(scene.onNas('deep/er/c.txt'));
  await expectHeldBy(scene, ['target_present', 'target_unchanged'], /deep\/er\/c\.txt/u);
});

it('target_present: a file of another size on the NAS keeps the files', async () => {
  const scene = await LettingGo.proven();
  truncateSync(scene.onNas('deep/b.bin'), 4096);
  await expectHeldBy(scene, ['target_present', 'target_unchanged'], /deep\/b\.bin/u);
});

it('target_present: an empty folder that the NAS lost keeps the files', async () => {
  const scene = await LettingGo.proven();
  rmSync(scene.onNas('empty'), { recursive: true });
  await expectHeldBy(scene, ['target_present', 'target_unchanged'], /empty/u);
});

it('target_unchanged: one flipped byte behind the same size and time is named by a dry run', async () => {
  const scene = await LettingGo.proven();
  flipByte(scene.onNas('deep/b.bin'));
  const before = snapshot(scene.run);
  const result = await scene.asking((client) => client.clean(scene.run, { dryRun: true }));
  expect(failing(result)).toEqual(['target_unchanged']);
  expect(result.interlocks.at(-1)!.measured).toMatch(/another content: deep\/b\.bin/u);
  expect(snapshot(scene.run)).toEqual(before);
});

it('target_unchanged: what keeps the files is named by clean, too', async () => {
  const scene = await LettingGo.proven();
  flipByte(scene.onNas('deep/b.bin'));
  const { result } = await scene.clean();
  expect(result).toMatchObject({ deleted: false, files: 0 });
  expect(result.refused[0]!.reason).toMatch(/deep\/b\.bin/u);
  expect(failing(result)).toEqual(['target_unchanged']);
});

it.each([
  ['a lost file', (scene: LettingGo) => rmSync(scene.onNas('a.txt'))],
  ['a flipped byte', (scene: LettingGo) => flipByte(scene.onNas('a.txt'))],
])('%s on the NAS is healed from here before the run goes, and the journal says so', async (_, damage) => {
  const scene = await LettingGo.proven();
  const before = scene.contents();
  damage(scene);
  expect((await scene.reap()).state).toBe('cleaned');
  expect(lost(before, scene.contents())).toEqual([]);
  await sha256sumCheck(scene.onNas());
  const history = await scene.asking((client) => client.history(scene.run));
  expect(history.find(({ event }) => event === 'pass.due')?.detail['reason']).toMatch(/damaged.*a\.txt/u);
});
