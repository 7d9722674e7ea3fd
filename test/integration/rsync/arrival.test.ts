import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { differences, noise, sha256sumCheck } from '../../support/lab.js';
import { RsyncLab } from './rsync-lab.js';

describe.each(['gnu', 'busybox', 'rsync-only'] as const)('on a server with a %s account', (flavour) => {
  it('a run arrives as it is, and is proven there', async () => {
    const lab = await RsyncLab.with(flavour);
    const run = await lab.makeRun({ 'a.txt': 'a', 'empty.bin': '', 'd/e/big.raw': noise(3_000_000), 'd/none/': '' });
    symlinkSync('d/e/big.raw', join(run, 'newest'));
    const client = lab.open({ transport: lab.transport() });

    const job = await lab.sync(run, client);

    expect(job).toMatchObject({ state: 'verified', lastError: null, files: 3 });
    expect(await differences(run, lab.onServer(run))).toBe('');
    await sha256sumCheck(lab.onServer(run));
    console.log('connections', lab.server.connections());
  });
});
