import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { differences, fill, listing } from '../../support/lab.js';
import { RsyncLab } from './rsync-lab.js';

describe.each(['gnu', 'rsync-only'] as const)('on a server with a %s account', (flavour) => {
  it('two runs whose folders have one name arrive in two places', async () => {
    const lab = await RsyncLab.with(flavour);
    const one = await lab.makeRun({ 'a.txt': 'of the first' }, 'PROJ-1/Runs/Run_X');
    const two = await lab.makeRun({ 'a.txt': 'of the second' }, 'PROJ-2/Runs/Run_X');

    await lab.sync(one);
    await lab.sync(two);

    expect(await differences(one, lab.onNas(one))).toBe('');
    expect(await differences(two, lab.onNas(two))).toBe('');
  });

  it('a place that another run owns is refused, and its bytes are left alone', async () => {
    const lab = await RsyncLab.with(flavour);
    const run = await lab.makeRun({ 'a.txt': 'mine' });
    const theirs = JSON.stringify({ schema_version: '1.0', nas_sync_run_id: 'another' });
    fill(lab.onNas(run), { 'a.txt': 'theirs', '.exlab-wizard/creation.json': theirs });
    const before = listing(lab.onNas(run));

    const job = await lab.sync(run);

    expect(job).toMatchObject({ state: 'failed', attempts: 0, lastError: { kind: 'target_conflict' } });
    expect(job.lastError!.message).toContain('belongs to another run');
    expect(readFileSync(lab.onNas(run, 'a.txt'), 'utf8')).toBe('theirs');
    expect(listing(lab.onNas(run))).toEqual(before);
  });
});
