import { existsSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fill, Lab, sha256sumCheck } from '../../support/lab.js';
import { failing, LettingGo } from '../cleanup/cleanup-lab.js';

const TREE = { 'a.raw': 'a', 'd/b.raw': 'b' };

describe('a foreign file in the place of a run on the NAS', () => {
  it.each([
    ['a file', { 'plot.png': 'x' }, ['plot.png']],
    ['a file in a folder of its own', { 'results/plot.png': 'x' }, ['results', 'results/plot.png']],
    ['an empty folder', { 'd/new/': '' }, ['d/new']],
  ])('is extra, and fails no job whose own files are proven: %s', async (_, tree, extra) => {
    const lab = new Lab();
    const run = await lab.makeRun(TREE);
    await lab.sync(run);
    fill(lab.onNas(run), tree);
    await lab.client.requestPass(run, 'test');
    expect(await lab.client.waitFor(run, 'verified')).toMatchObject({ lastError: null, verifyPasses: 2 });
    await lab.client.idle();
    expect(await lab.client.forceVerify(run)).toMatchObject({ ok: false, extra, missing: [], mismatched: [] });
    const pass = (await lab.client.history(run)).findLast(({ event }) => event === 'verify.succeeded');
    expect(pass?.detail).toMatchObject({ beside: { extra, extraCount: extra.length } });
    await sha256sumCheck(lab.onNas(run));
  });

  it('lies there before the first push, and the run is proven beside it', async () => {
    const lab = new Lab();
    const run = await lab.makeRun(TREE);
    fill(lab.onNas(run), { 'readme.txt': "a colleague's" });
    expect(await lab.sync(run)).toMatchObject({ state: 'verified' });
  });

  it('holds the deletion back until a person says that it may stay, and for these files alone', async () => {
    const scene = await LettingGo.proven({ tree: TREE });
    writeFileSync(scene.onNas('plot.png'), 'x');
    expect((await scene.reap()).waitingFor).toMatchObject([{ name: 'no_extra_files' }]);
    const client = scene.open({ drive: 'own' });
    const refused = await client.clean(scene.run);
    expect(failing(refused)).toEqual(['no_extra_files']);
    const fix = refused.interlocks.find(({ name }) => name === 'no_extra_files')!;
    expect(fix.measured).toContain('plot.png');
    expect(fix.fix).toMatch(/accept-removal .* --extra --reason/u);
    await expect(client.clean(scene.run, { extra: { reason: '' } })).rejects.toMatchObject({ code: 'usage' });
    expect(failing(await client.clean(scene.run, { dryRun: true, extra: { reason: 'mine' } }))).toEqual([]);
    expect(failing(await client.clean(scene.run))).toEqual(['no_extra_files']);

    expect(await client.clean(scene.run, { by: 'ada', extra: { reason: 'mine' } })).toMatchObject({ deleted: true });
    expect(existsSync(scene.onNas('plot.png'))).toBe(true);
    await client.close();
  });

  it('another one asks again', async () => {
    const scene = await LettingGo.proven({ tree: TREE, policy: { trashHours: 24 } });
    writeFileSync(scene.onNas('plot.png'), 'x');
    const client = scene.open({ drive: 'own' });
    await client.clean(scene.run, { extra: { reason: 'mine' } });
    writeFileSync(scene.onNas('other.png'), 'x');
    await client.close();
    await scene.clock.advance(30 * 3_600_000);
    await scene.reap();
    const job = await scene.asking((asking) => asking.job(scene.run));
    expect(job!.waitingFor).toMatchObject([{ name: 'no_extra_files' }]);
  });

  it('an empty foreign folder there holds nothing back', async () => {
    const scene = await LettingGo.proven({ tree: TREE });
    fill(scene.onNas(), { 'new/': '' });
    expect((await scene.clean()).result.deleted).toBe(true);
  });

  it('a word for extra files is refused where there are none', async () => {
    const scene = await LettingGo.proven({ tree: TREE });
    const client = scene.open({ drive: 'own' });
    await expect(client.clean(scene.run, { extra: { reason: 'mine' } })).rejects.toMatchObject({ code: 'not_allowed' });
    await client.close();
  });
});
