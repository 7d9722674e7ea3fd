import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { NasSyncClient } from 'nas-sync';
import { expect, it } from 'vitest';
import { fill, sha256sumCheck } from '../../support/lab.js';
import { LettingGo, lost, snapshot } from './cleanup-lab.js';

async function cleaned(policy = {}): Promise<{ scene: LettingGo; client: NasSyncClient }> {
  const scene = await LettingGo.proven({ policy });
  expect((await scene.reap()).state).toBe('cleaned');
  const client = scene.open({ letGo: false });
  await client.init();
  return { scene, client };
}

/** As a person does it, with plain tools. */
function restoreByCopying(scene: LettingGo): void {
  cpSync(scene.onNas(), scene.run, { recursive: true, preserveTimestamps: true });
}

it('a cleaned run refuses retry and cancel', async () => {
  const { scene, client } = await cleaned();
  await expect(client.retry(scene.run)).rejects.toMatchObject({ code: 'not_allowed' });
  await expect(client.cancel(scene.run)).rejects.toMatchObject({ code: 'not_allowed' });
  await expect(client.clean(scene.run)).rejects.toMatchObject({ code: 'not_allowed' });
  expect(await client.status(scene.run)).toBe('cleaned');
});

it('enqueue on a cleaned run with nothing new answers cleaned', async () => {
  const { scene, client } = await cleaned();
  const { jobId } = (await client.job(scene.run))!;
  expect(await client.enqueue(scene.run)).toMatchObject({ jobId, state: 'cleaned' });
  await client.idle();
  expect(await client.status(scene.run)).toBe('cleaned');
});

it('enqueue on a cleaned run with a new file is refused, names it and both ways out, and touches nothing', async () => {
  const { scene, client } = await cleaned();
  fill(scene.run, { 'deep/later.txt': 'written after the run was cleaned' });
  const before = { here: snapshot(scene.run), nas: snapshot(scene.lab.nas) };
  const refused = client.enqueue(scene.run);
  await expect(refused).rejects.toMatchObject({ code: 'not_allowed' });
  await expect(refused).rejects.toThrow(/deep\/later\.txt.*run folder of its own.*nas-sync restore/u);
  await client.idle();
  expect({ here: snapshot(scene.run), nas: snapshot(scene.lab.nas) }).toEqual(before);
});

it('a cleaned run that is restored by copying, with a new file, is proven again with both', async () => {
  const { scene, client } = await cleaned();
  const manifest = readFileSync(scene.onNas('.exlab-wizard/checksums.sha256'), 'utf8').trim().split('\n');
  restoreByCopying(scene);
  fill(scene.run, { 'deep/later.txt': 'written after the run was cleaned' });
  const before = scene.contents();

  expect((await scene.lab.sync(scene.run, client)).state).toBe('verified');

  const grown = readFileSync(scene.onNas('.exlab-wizard/checksums.sha256'), 'utf8').trim().split('\n');
  expect(grown).toEqual(expect.arrayContaining(manifest));
  expect(grown).toHaveLength(manifest.length + 1);
  await sha256sumCheck(scene.onNas());
  await client.close();
  expect((await scene.reap()).state).toBe('cleaned');
  expect(lost(before, scene.contents())).toEqual([]);
  expect(await scene.asking((asking) => asking.job(scene.run))).toMatchObject({ files: 6 });
});

it('a cleaned run whose folder is gone too can be restored by copying', async () => {
  const { scene, client } = await cleaned({ retainCache: false });
  restoreByCopying(scene);
  expect((await scene.lab.sync(scene.run, client)).state).toBe('verified');
  await sha256sumCheck(scene.onNas());
});

it.each([
  ['altered', (scene: LettingGo) => writeFileSync(scene.at('a.txt'), 'THE CONTENT OF A')],
  ['missing', (scene: LettingGo) => rmSync(scene.at('a.txt'))],
])('a cleaned run with one restored file %s is refused, and the NAS stays as it is', async (_, spoil) => {
  const { scene, client } = await cleaned();
  restoreByCopying(scene);
  fill(scene.run, { 'new.txt': 'new' });
  spoil(scene);
  const before = { here: snapshot(scene.run), nas: snapshot(scene.lab.nas) };
  await expect(client.enqueue(scene.run)).rejects.toMatchObject({ code: 'not_allowed' });
  await client.idle();
  expect({ here: snapshot(scene.run), nas: snapshot(scene.lab.nas) }).toEqual(before);
  expect(await client.status(scene.run)).toBe('cleaned');
});

it('a restored file that is altered between enqueue and push does not replace the good one on the NAS', async () => {
  const { scene, client } = await cleaned();
  await client.close();
  restoreByCopying(scene);
  const asking = scene.open({ drive: 'none' });
  await asking.enqueue(scene.run);
  const before = scene.contents();
  rmSync(scene.at('a.txt'));
  const driving = scene.open({ letGo: false });
  await driving.init();
  await driving.idle();
  expect(await driving.job(scene.run)).toMatchObject({ state: 'failed', lastError: { kind: 'local_file_vanished' } });
  expect(lost(before, scene.contents())).toEqual([]);
  await sha256sumCheck(scene.onNas());
});

it('clean on a run that was cancelled says so, not that it is being worked on', async () => {
  const scene = await LettingGo.proven();
  const client = scene.open({ letGo: false });
  await client.cancel(scene.run);
  await expect(client.clean(scene.run)).rejects.toMatchObject({ code: 'not_allowed' });
});
