import { existsSync, mkdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { fill, listing, sha256sumCheck } from '../../support/lab.js';
import { elsewhere } from './adversary.js';
import { contentsBelow, LettingGo, lost, snapshot, when } from './cleanup-lab.js';

const BESIDE = { '.exlab-wizard/notes.txt': 'of the host', '.exlab-wizard/plots/1/a.json': '{"of": "the host"}' };

const proven = (retainCache: boolean): Promise<LettingGo> =>
  LettingGo.proven({ policy: { retainCache }, prepare: (run) => fill(run, BESIDE) });

it('retain_cache: true keeps the whole record folder, byte for byte but for its status', async () => {
  const scene = await proven(true);
  const beside = snapshot(scene.at('.exlab-wizard'));
  expect((await scene.reap()).state).toBe('cleaned');
  expect(listing(scene.run).filter((path) => !path.startsWith('.exlab-wizard/'))).toEqual([]);
  const { 'creation.json': _, ...kept } = snapshot(scene.at('.exlab-wizard'));
  expect(beside).toMatchObject(kept);
  expect(kept).toHaveProperty('plots/1/a.json');
});

it('retain_cache: false removes the run folder, and the NAS holds what was beside the record', async () => {
  const scene = await proven(false);
  const before = scene.contents();
  expect((await scene.reap()).state).toBe('cleaned');
  expect(existsSync(scene.run)).toBe(false);
  expect(lost(before, scene.contents())).toEqual([]);
  for (const [path, text] of Object.entries(BESIDE)) expect(readFileSync(scene.onNas(path), 'utf8')).toBe(text);
  await sha256sumCheck(scene.onNas());
});

it('retain_cache: false brings a file beside the record that changed after the last pass to the NAS first', async () => {
  const scene = await proven(false);
  fill(scene.run, { '.exlab-wizard/notes.txt': 'written after the last pass', '.exlab-wizard/new.txt': 'new' });
  const before = contentsBelow(scene.run);
  expect((await scene.reap()).state).toBe('cleaned');
  expect(lost(before, scene.contents())).toEqual([]);
});

it('retain_cache: false keeps a file beside the record that changes at the last moment, and names it', async () => {
  const scene = await proven(false);
  const faults = when('after', 'record-on-nas', () =>
    fill(scene.run, { '.exlab-wizard/notes.txt': 'at the last moment' }),
  );
  const { result, job } = await scene.clean({ faults });
  expect(result).toMatchObject({ deleted: false, refused: [{ path: '.exlab-wizard/notes.txt' }] });
  expect(job.state).toBe('cleanup_eligible');
  expect(readFileSync(scene.at('.exlab-wizard/notes.txt'), 'utf8')).toBe('at the last moment');
  expect(existsSync(scene.at('.exlab-wizard/creation.json'))).toBe(true);
});

it('retain_cache: false keeps a record that the host changes at the last moment', async () => {
  const scene = await proven(false);
  const file = scene.at('.exlab-wizard/creation.json');
  const faults = when('after', 'record-on-nas', () => {
    writeFileSync(file, readFileSync(file, 'utf8').replace('{', '{ "host_note": "at the last moment",'));
  });
  await scene.clean({ faults });
  const places = [file, scene.onNas('.exlab-wizard/creation.json')].filter((place) => existsSync(place));
  expect(places.map((place) => readFileSync(place, 'utf8')).join()).toContain('at the last moment');
});

it.each(['record-on-nas', 'unlink-record'] as const)(
  'retain_cache: false deletes nothing through a link in the place of the record folder (before %s)',
  async (act) => {
    const scene = await proven(false);
    let before: string[] = [];
    const there = () => Object.keys(snapshot(elsewhere(scene, 'records'))).filter((path) => !path.endsWith('.lock'));
    const faults = when('before', act, () => {
      renameSync(scene.at('.exlab-wizard'), elsewhere(scene, 'records'));
      symlinkSync(elsewhere(scene, 'records'), scene.at('.exlab-wizard'));
      before = there();
    });
    const { job } = await scene.clean({ faults });
    expect(before).toEqual(expect.arrayContaining(['checksums.sha256', 'creation.json']));
    expect(there()).toEqual(before);
    expect(job.state).not.toBe('cleaned');
  },
);

it('retain_cache: false removes empty folders beside the record, too', async () => {
  const scene = await proven(false);
  mkdirSync(scene.at('.exlab-wizard/cache/empty'), { recursive: true });
  expect((await scene.reap()).state).toBe('cleaned');
  expect(existsSync(scene.run)).toBe(false);
});

it('retain_cache: false keeps a link beside the record, says so, and the record with it', async () => {
  const scene = await proven(false);
  symlinkSync('notes.txt', scene.at('.exlab-wizard/link'));
  const { result, job } = await scene.clean();
  expect(result.deleted).toBe(false);
  expect(job.state).toBe('cleanup_eligible');
  expect(existsSync(scene.at('.exlab-wizard/creation.json'))).toBe(true);
});
