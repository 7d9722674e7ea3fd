import { lutimesSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { differences, listing, noise, sha256sumCheck } from '../../support/lab.js';
import { FLAVOURS, RsyncLab } from './rsync-lab.js';

const PAST = 1_100_000_000;
const MOST_CONNECTIONS = 2;

describe.each(FLAVOURS)('on a server with a %s account', (flavour) => {
  it('a run arrives as it is, over one or two connections, and is proven there', async () => {
    const lab = await RsyncLab.with(flavour);
    const run = await lab.makeRun({ 'a.txt': 'a', 'empty.bin': '', 'd/e/big.raw': noise(3_000_000), 'd/none/': '' });
    symlinkSync('d/e/big.raw', join(run, 'newest'));
    symlinkSync('nothing there', join(run, 'dangling'));
    lutimesSync(join(run, 'a.txt'), PAST, PAST);

    const job = await lab.sync(run);

    expect(job).toMatchObject({ state: 'verified', lastError: null, files: 3, attempts: 0 });
    expect(await differences(run, lab.onNas(run))).toBe('');
    await sha256sumCheck(lab.onNas(run));
    expect(statSync(lab.onNas(run, 'a.txt')).mtimeMs).toBe(PAST * 1000);
    expect(listing(lab.onNas(run, '.exlab-wizard'))).toEqual(['checksums.sha256', 'creation.json']);
    expect(lab.server.connections()).toBeLessThanOrEqual(MOST_CONNECTIONS);
  });
});

it('brings a run without files, with its empty folders', async () => {
  const lab = await RsyncLab.with('gnu');
  const run = await lab.makeRun({ 'empty/deeper/': '' });

  expect(await lab.sync(run)).toMatchObject({ state: 'verified', files: 0, lastError: null });

  expect(await differences(run, lab.onNas(run))).toBe('');
});
