import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { flipBit } from '../../support/damage.js';
import { sha256sumCheck } from '../../support/lab.js';
import { MANIFEST, partlyReleased, STUCK } from '../../support/partly-deleted.js';

describe('a new file in a partly released run', () => {
  it.for(['by itself, with the next pass', 'at once, when it is enqueued'])('is synced %s', async (how, { skip }) => {
    const { lab, run, client, pass, loosen, manifest } = await partlyReleased(skip);
    await pass(1);
    writeFileSync(join(run, 'new.txt'), 'new');
    if (how.startsWith('at once')) await client.enqueue(run);
    await pass(how.startsWith('at once') ? 1 : 60);
    expect(readFileSync(lab.onNas(run, 'new.txt'), 'utf8')).toBe('new');
    const grown = readFileSync(lab.onNas(run, MANIFEST), 'utf8').split('\n');
    expect(grown).toEqual(expect.arrayContaining(manifest.split('\n')));
    expect(grown.join('\n')).toContain('new.txt');
    await sha256sumCheck(lab.onNas(run));
    await loosen();
    await pass(60);
    expect(await client.status(run)).toBe('cleaned');
    expect(lab.lost(run)).toEqual([]);
    await sha256sumCheck(lab.onNas(run));
  });
});

describe('a NAS that is damaged when part of the run has left the workstation', () => {
  it.for([50, 60])('is healed where the file is still here, after %i hours', async (hours, { skip }) => {
    const { lab, run, client, pass, loosen } = await partlyReleased(skip);
    await pass(1);
    flipBit(lab.onNas(run, STUCK));
    await pass(hours);
    expect(await lab.unlike(run)).toBe('');
    expect(await lab.events(run, client)).toContain('verify.failed');
    await loosen();
    await pass(60);
    expect(await client.status(run)).toBe('cleaned');
    await sha256sumCheck(lab.onNas(run));
  });

  it.for(['flipped', 'lost'])(
    'fails loudly where the file has left, and deletes nothing else: %s',
    async (how, { skip }) => {
      const { lab, run, client, pass, loosen, manifest } = await partlyReleased(skip);
      await pass(1);
      const damaged = lab.onNas(run, 'deep/b.txt');
      if (how === 'flipped') flipBit(damaged);
      else rmSync(damaged);
      await loosen();
      await pass(100);
      expect(existsSync(join(run, STUCK))).toBe(true);
      expect(await client.job(run)).toMatchObject({
        state: 'failed',
        lastError: { kind: 'hash_mismatch', message: expect.stringContaining('deep/b.txt') as string },
      });
      expect(readFileSync(lab.onNas(run, MANIFEST), 'utf8')).toBe(manifest);
      await client.retry(run);
      await pass(1);
      expect(await client.status(run), 'and again').toBe('failed');
      expect(existsSync(join(run, STUCK))).toBe(true);
    },
  );
});
