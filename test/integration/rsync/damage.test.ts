import { cpSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { differences, listing, sha256sumCheck } from '../../support/lab.js';
import { DAMAGES, flipByte, TREE } from '../pass/damage.js';
import { FLAVOURS, RsyncLab } from './rsync-lab.js';

const COPY = { recursive: true, preserveTimestamps: true, verbatimSymlinks: true };

async function provenLab(flavour: (typeof FLAVOURS)[number]) {
  const lab = await RsyncLab.with(flavour);
  const run = await lab.makeRun(TREE);
  symlinkSync('a.bin', join(run, 'to-a'));
  const { jobId } = await lab.sync(run);
  return { lab, run, jobId };
}

describe.each(FLAVOURS)('on a server with a %s account', (flavour) => {
  it('a byte flipped behind the same size and time is found, and healed by one push of that file', async () => {
    const { lab, run, jobId } = await provenLab(flavour);
    flipByte(lab.onNas(run, 'b.bin'));

    const found = await lab.client.forceVerify(run);
    await lab.client.requestPass(run, 'test');
    const [job] = await lab.client.settled([jobId], { patient: true });

    expect(found).toMatchObject({ ok: false, mismatched: ['b.bin'], missing: [], extra: [] });
    expect(job).toMatchObject({ state: 'verified', verifyPasses: 1, lastError: null });
    expect(await lab.copied(run)).toEqual([4, 1]);
    expect(await differences(run, lab.onNas(run))).toBe('');
    await sha256sumCheck(lab.onNas(run));
    expect(await lab.client.forceVerify(run)).toMatchObject({ ok: true, files: 4, evidence: 'remote-hash' });
  });
});

const OTHERS = Object.entries(DAMAGES).filter(([name]) => !name.startsWith('a flipped byte'));

describe.each(['gnu', 'rsync-only'] as const)('on a server with a %s account', (flavour) => {
  it('each further damage is found and named', async () => {
    const { lab, run } = await provenLab(flavour);
    const whole = lab.at('whole');
    cpSync(lab.onNas(run), whole, COPY);
    for (const [name, { does, mismatched = [], missing = [], extra = [] }] of OTHERS) {
      does(lab.onNas(run));

      const result = await lab.client.forceVerify(run);

      expect({ name, ...result }).toMatchObject({ name, ok: false, mismatched, missing, extra });
      rmSync(lab.onNas(run), { recursive: true });
      cpSync(whole, lab.onNas(run), COPY);
    }
  });
});

describe('what a push can heal', () => {
  it.each(OTHERS.filter(([, { heals }]) => heals !== null))('%s is healed by what is damaged', async (_, damage) => {
    const { lab, run, jobId } = await provenLab('gnu');
    damage.does(lab.onNas(run));

    await lab.client.requestPass(run, 'test');
    const [job] = await lab.client.settled([jobId], { patient: true });

    expect(job).toMatchObject({ state: 'verified', lastError: null, verifyPasses: 1 });
    expect(await lab.copied(run)).toEqual([4, damage.heals]);
    await lab.client.idle();
    expect(await differences(run, lab.onNas(run))).toBe('');
  });

  it('a folder in the place of a file is not, and is left', async () => {
    const { lab, run, jobId } = await provenLab('gnu');
    DAMAGES['a folder in the place of a file']!.does(lab.onNas(run));
    const before = listing(lab.onNas(run));

    await lab.client.requestPass(run, 'test');
    const [job] = await lab.client.settled([jobId], { patient: true });

    expect(job).toMatchObject({ state: 'failed', lastError: { kind: 'target_conflict' } });
    expect(listing(lab.onNas(run))).toEqual(before);
  });
});
