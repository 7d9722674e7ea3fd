import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { expect, it, describe } from 'vitest';
import { fill, Lab, listing } from '../../support/lab.js';
import { LettingGo } from '../cleanup/cleanup-lab.js';

const TREE = { 'a.raw': 'a', 'x.d/b.raw': 'b', 'x.d/desktop.ini': 'as proven' };
const kept = (scene: LettingGo) => listing(scene.run).filter((path) => !path.startsWith('.exlab-wizard'));

describe('volatile names on the workstation', () => {
  it.each<[string, Record<string, string>, string[]]>([
    ['Finder looked at it', { '.DS_Store': 'x', 'x.d/.DS_Store': 'x' }, ['.DS_Store', 'x.d/', 'x.d/.DS_Store']],
    ['Explorer made thumbnails', { 'x.d/Thumbs.db': 'x' }, ['x.d/', 'x.d/Thumbs.db']],
    ['it was on an AppleDouble share', { '._a.raw': 'x' }, ['._a.raw']],
  ])('stay when %s after the proof, and the run is cleaned', async (_, tree, expected) => {
    const scene = await LettingGo.proven({ tree: TREE });
    fill(scene.run, tree);

    const { result, job } = await scene.clean();

    expect(result).toMatchObject({ deleted: true, files: 3 });
    expect(result.refused.map(({ path }) => path)).toEqual(expected.filter((path) => !path.endsWith('/')));
    expect(job.state).toBe('cleaned');
    expect(kept(scene)).toEqual(expected);
  });

  it('one that is not as it was proven stays, and the run is cleaned', async () => {
    const scene = await LettingGo.proven({ tree: TREE });
    writeFileSync(scene.at('x.d/desktop.ini'), 'Explorer wrote it anew');
    const { result } = await scene.clean();
    expect(result.deleted).toBe(true);
    expect(readFileSync(scene.at('x.d/desktop.ini'), 'utf8')).toBe('Explorer wrote it anew');
    expect(kept(scene)).toEqual(['x.d/', 'x.d/desktop.ini']);
  });

  it.each([
    ['another content', (file: string) => writeFileSync(file, 'not proven')],
    ['no such file any more', (file: string) => rmSync(file)],
  ])('one of which the NAS holds %s stays here: no byte is lost', async (_, spoil) => {
    const scene = await LettingGo.proven({ tree: TREE });
    spoil(scene.onNas('x.d/desktop.ini'));
    const { result } = await scene.clean();
    expect(result.deleted).toBe(true);
    expect(readFileSync(scene.at('x.d/desktop.ini'), 'utf8')).toBe('as proven');
    expect(existsSync(scene.at('a.raw'))).toBe(false);
  });

  it('one that is proven on both sides goes like any other', async () => {
    const scene = await LettingGo.proven({ tree: TREE });
    expect((await scene.clean()).result).toMatchObject({ deleted: true, refused: [] });
    expect(kept(scene)).toEqual([]);
  });

  it('with `retain_cache: false` the record stays beside what stays, and else the folder goes', async () => {
    const scene = await LettingGo.proven({ tree: TREE, policy: { retainCache: false } });
    fill(scene.run, { '.DS_Store': 'x', '.exlab-wizard/.DS_Store': 'x' });
    expect((await scene.clean()).result.deleted).toBe(true);
    expect(listing(scene.run)).toContain('.exlab-wizard/creation.json');

    const other = await LettingGo.proven({ tree: TREE, policy: { retainCache: false } });
    expect((await other.clean()).result.deleted).toBe(true);
    expect(existsSync(other.run)).toBe(false);
  });

  it('one that waits in the trash with the others holds back nothing', async () => {
    const scene = await LettingGo.proven({ tree: TREE, policy: { trashHours: 24 } });
    fill(scene.run, { '.DS_Store': 'x' });
    await scene.clean();
    fill(scene.at('.exlab-wizard/.nas-sync-trash'), { '.DS_Store': 'x' });
    await scene.clock.advance(30 * 3_600_000);
    await scene.reap();
    await scene.reap();
    expect((await scene.asking((client) => client.job(scene.run)))!.state).toBe('cleaned');
    expect(existsSync(scene.at('.DS_Store'))).toBe(true);
  });

  it('those that come, change and go between push and pass ask for no new push', async () => {
    const lab = new Lab();
    const run = await lab.makeRun({ 'a.raw': 'a', '.DS_Store': '1', 'd/Thumbs.db': '1' });
    await lab.sync(run);
    writeFileSync(`${run}/.DS_Store`, 'changed');
    rmSync(`${run}/d/Thumbs.db`);
    fill(run, { '._a.raw': 'x', '@eaDir/x': 'x' });

    const { jobId } = await lab.client.enqueue(run);
    expect((await lab.client.job(jobId))!.state).toBe('verified');
    await lab.client.requestPass(run, 'test');
    expect(await lab.client.waitFor(run, 'verified')).toMatchObject({ verifyPasses: 2, attempts: 0 });
    await lab.client.idle();
    expect(await lab.copied(run)).toEqual([3]);
    expect((await lab.client.forceVerify(run)).volatile).toEqual([
      '.DS_Store',
      '._a.raw',
      '@eaDir',
      '@eaDir/x',
      'd/Thumbs.db',
    ]);
  });

  it('a cleaned run of which only such names are left is cleaned, and no new data', async () => {
    const scene = await LettingGo.proven({ tree: TREE });
    fill(scene.run, { 'x.d/.DS_Store': 'x' });
    await scene.clean();
    const client = scene.open({ drive: 'none' });
    const { jobId } = await client.enqueue(scene.run);
    expect((await client.job(jobId))!.state).toBe('cleaned');
    await client.close();
  });

  it('a run that holds only such names is empty', async () => {
    const scene = await LettingGo.proven({ tree: { '.DS_Store': 'x' } });
    expect((await scene.reap()).waitingFor).toMatchObject([{ name: 'not_empty' }]);
  });
});
