import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fill, Lab, sha256sumCheck, type Tree } from '../../support/lab.js';
import { LettingGo } from '../cleanup/cleanup-lab.js';

/** What storage systems and desktops were seen to write into a folder that they show. */
const WRITTEN: readonly [string, Tree][] = [
  [
    'Synology',
    { '@eaDir/a.raw/SYNOPHOTO_THUMB_M.jpg': 'thumb', 'd/@eaDir/b@SynoEAStream': 'x', '#recycle/old.raw': 'old' },
  ],
  ['QNAP', { '.@__thumb/s100a.raw': 'thumb', '@Recently-Snapshot/': '', 'd/.@upload_cache/x': 'x' }],
  ['macOS', { '.DS_Store': 'x', 'd/.DS_Store': 'x', '._a.raw': 'x', 'd/.AppleDouble/b.raw': 'x' }],
  ['Windows', { 'Thumbs.db': 'x', 'd/thumbs.db': 'x', 'desktop.ini': 'x', '$RECYCLE.BIN/S-1/x': 'x' }],
  [
    'a file server',
    { '.snapshot/hourly.0/a.raw': 'a', 'lost+found/': '', '.nfs000000000001': 'x', 'd/.fuse_hidden01': 'x' },
  ],
];

describe('volatile names on the NAS', () => {
  it.each(WRITTEN)('of %s fail no pass, and are told', async (_, tree) => {
    const lab = new Lab();
    const run = await lab.makeRun({ 'a.raw': 'a', 'd/b.raw': 'b' });
    await lab.sync(run);
    fill(lab.onNas(run), tree);

    await lab.client.requestPass(run, 'test');
    expect(await lab.client.waitFor(run, 'verified')).toMatchObject({ lastError: null, verifyPasses: 2 });
    await lab.client.idle();

    const found = await lab.client.forceVerify(run);
    expect(found).toMatchObject({ ok: true, extra: [], missing: [], mismatched: [] });
    expect(found.volatile).not.toEqual([]);
    const pass = (await lab.client.history(run)).findLast(({ event }) => event === 'verify.succeeded');
    expect(pass?.detail).toMatchObject({ beside: { extraCount: 0, volatileCount: found.volatile!.length } });
  });

  it.each(WRITTEN)('of %s hold back no deletion', async (_, tree) => {
    const scene = await LettingGo.proven({ tree: { 'a.raw': 'a', 'd/b.raw': 'b' } });
    fill(scene.onNas(), tree);
    const { result } = await scene.clean();
    expect(result).toMatchObject({ deleted: true, refused: [] });
  });

  it('that the run holds too are copied and proven, and one that changes or goes there is no damage', async () => {
    const lab = new Lab();
    const run = await lab.makeRun({ 'x.d/desktop.ini': '[ViewState]', 'x.d/a.raw': 'a', '.DS_Store': 'finder' });
    await lab.sync(run);
    expect(readFileSync(lab.onNas(run, 'x.d/desktop.ini'), 'utf8')).toBe('[ViewState]');
    expect(readFileSync(lab.onNas(run, '.exlab-wizard/checksums.sha256'), 'utf8')).toContain('x.d/desktop.ini');

    writeFileSync(lab.onNas(run, 'x.d/desktop.ini'), 'Explorer was here');
    rmSync(lab.onNas(run, '.DS_Store'));
    await lab.client.requestPass(run, 'test');
    expect(await lab.client.waitFor(run, 'verified')).toMatchObject({ lastError: null, verifyPasses: 2 });
    await lab.client.idle();

    expect(await lab.client.forceVerify(run)).toMatchObject({ ok: true, volatile: ['.DS_Store', 'x.d/desktop.ini'] });
    await sha256sumCheck(lab.onNas(run));
  });

  it('a new push of a run goes past those that lie in its place before anything was proven there', async () => {
    const lab = new Lab();
    const run = await lab.makeRun({ 'a.raw': 'a' });
    mkdirSync(lab.onNas(run), { recursive: true });
    fill(lab.onNas(run), { '@eaDir/x': 'x', '.DS_Store': 'x' });
    expect(await lab.sync(run)).toMatchObject({ state: 'verified' });
  });

  it('with `volatile: []` such a file is like any other', async () => {
    const lab = new Lab();
    const [scope] = lab.config.equipment;
    const client = lab.open({ config: { ...lab.config, equipment: [{ ...scope!, volatile: [] }] } });
    const run = await lab.makeRun({ 'a.raw': 'a' });
    await lab.sync(run, client);
    fill(lab.onNas(run), { '.DS_Store': 'x' });
    expect(await client.forceVerify(run)).toMatchObject({ ok: false, extra: ['.DS_Store'] });
  });
});
