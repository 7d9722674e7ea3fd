import { existsSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { failing, HOUR, LettingGo } from './cleanup-lab.js';

const WORD = { by: 'ada', empty: { reason: 'the sample was lost' } };
const DONE = { deleted: true, refused: [] };

async function clean(scene: LettingGo, options: object = {}) {
  const client = scene.open({ drive: 'own' });
  const result = await client.clean(scene.run, options);
  await client.close();
  return result;
}

const measured = ({ interlocks }: Awaited<ReturnType<typeof clean>>) =>
  interlocks.find(({ name }) => name === 'not_empty')!.measured;

it.each([
  ['nothing at all', {}],
  ['folders only', { 'empty/': '', 'deep/er/': '' }],
])('a run that holds %s stays until a person says that it may go', async (_, tree) => {
  const scene = await LettingGo.proven({ tree });
  expect((await scene.reap()).waitingFor).toMatchObject([{ name: 'not_empty', ok: false }]);
  await scene.clock.advance(30 * HOUR);
  expect((await scene.reap()).state).not.toBe('cleaned');
  expect(failing(await clean(scene))).toEqual(['not_empty']);

  const result = await clean(scene, WORD);
  expect(result).toMatchObject(DONE);
  expect(measured(result)).toBe('no files; ada said that it may go: the sample was lost');
  const history = await scene.asking((client) => client.history(scene.run));
  expect(history.find(({ detail }) => detail['by'] === 'ada')).toMatchObject({
    event: 'cleanup.scheduled',
    detail: { reason: 'it may go though it is empty: the sample was lost' },
  });
});

it('the word is for the proof of that moment: after the next pass it must be given again', async () => {
  const scene = await LettingGo.proven({ tree: {}, policy: { trashHours: 48, minAgeHours: 1 } });
  await scene.clock.advance(HOUR);
  await clean(scene, WORD);
  expect(await scene.events()).toContain('cleanup.trashed');
  await scene.clock.advance(47 * HOUR);
  const client = scene.open();
  await client.init();
  await client.idle();
  expect((await client.job(scene.run))!.verifyPasses).toBe(2);
  await scene.clock.advance(2 * HOUR, () => client.idle());
  expect((await client.job(scene.run))!.waitingFor).toMatchObject([{ name: 'not_empty' }]);
  await client.close();
  expect(await clean(scene, WORD)).toMatchObject(DONE);
});

it('the word is kept only where all else holds, and a dry run keeps none', async () => {
  const scene = await LettingGo.proven({ tree: {}, policy: { minAgeHours: 1 } });
  expect(failing(await clean(scene, WORD))).toEqual(['age']);
  await scene.clock.advance(HOUR);
  expect(failing(await clean(scene, { ...WORD, dryRun: true }))).toEqual([]);
  expect(failing(await clean(scene))).toEqual(['not_empty']);
});

it('the word is refused without a reason, and for a run that holds files', async () => {
  const scene = await LettingGo.proven();
  await expect(clean(scene, { empty: { reason: ' ' } })).rejects.toMatchObject({ code: 'usage' });
  await expect(clean(scene, WORD)).rejects.toMatchObject({
    code: 'not_allowed',
    message: expect.stringContaining('5 files of it are proven') as string,
  });
  expect(existsSync(scene.at('a.txt'))).toBe(true);
});

it('a file that comes after the word keeps the run', async () => {
  const scene = await LettingGo.proven({ tree: {} });
  const faults = { at: () => writeFileSync(scene.at('late.txt'), 'late') };
  const client = scene.open({ drive: 'own', faults });
  expect((await client.clean(scene.run, WORD)).deleted).toBe(false);
  await client.close();
  expect(existsSync(scene.at('late.txt'))).toBe(true);
});
