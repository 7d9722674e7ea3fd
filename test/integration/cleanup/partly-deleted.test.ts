import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { listing, sha256sumCheck } from '../../support/lab.js';
import { MANIFEST, partlyReleased, STUCK } from '../../support/partly-deleted.js';

const here = (run: string): string[] => listing(run).filter((path) => !path.startsWith('.exlab-wizard'));
const counted = (events: readonly string[], name: string): number => events.filter((event) => event === name).length;

describe('a run of which one file cannot be deleted', () => {
  it('waits, and names it with the reason', async ({ skip }) => {
    const { run, client } = await partlyReleased(skip, STUCK);
    expect(here(run)).toEqual(['keep/', 'keep/stuck.bin']);
    expect(await client.job(run)).toMatchObject({
      state: 'cleanup_eligible',
      waitingFor: [{ name: 'kept_files', measured: expect.stringMatching(/keep\/stuck\.bin: .*EPERM/u) as string }],
    });
  });

  it('is proven again whenever its proof runs out, as the whole run that it was', async ({ skip }) => {
    const { lab, run, client, pass, manifest } = await partlyReleased(skip);
    await pass(110);
    const events = await lab.events(run, client);
    expect(counted(events, 'verify.succeeded')).toBeGreaterThan(1);
    expect(counted(events, 'push.succeeded'), 'nothing is pushed again').toBe(1);
    expect(await client.job(run)).toMatchObject({ state: 'cleanup_eligible', files: 4, lastError: null });
    expect(readFileSync(lab.onNas(run, MANIFEST), 'utf8')).toBe(manifest);
    expect(readFileSync(join(run, MANIFEST), 'utf8')).toBe(manifest);
    expect(await client.forceVerify(run)).toMatchObject({ ok: true, files: 4 });
    expect(await lab.unlike(run)).toBe('');
  });

  it.for(['keep', STUCK])('is cleaned once it can be: %s', async (fastened, { skip }) => {
    const { lab, run, client, pass, loosen } = await partlyReleased(skip, fastened);
    await pass(50);
    await loosen();
    await pass(50);
    expect(await client.status(run)).toBe('cleaned');
    expect(here(run)).toEqual([]);
    expect(await lab.unlike(run)).toBe('');
    await sha256sumCheck(lab.onNas(run));
  });

  it('is proven again where links are followed, and one of them cannot be deleted', async ({ skip }) => {
    const { lab, run, client, pass, loosen } = await partlyReleased(skip, 'deep', 'follow');
    expect(here(run)).toContain('deep/to stuck@');
    await pass(110);
    expect(await client.job(run)).toMatchObject({ state: 'cleanup_eligible', lastError: null });
    expect(lab.lost(run).filter((path) => !path.includes('latest') && !path.includes('to stuck'))).toEqual([]);
    await loosen();
    await pass(60);
    expect(await client.status(run)).toBe('cleaned');
    await sha256sumCheck(lab.onNas(run));
  });

  it('is the same to enqueue, and to retry after it was cancelled', async ({ skip }) => {
    const { lab, run, client, pass, manifest } = await partlyReleased(skip);
    await pass(1);
    expect(await client.enqueue(run)).toMatchObject({ state: 'cleanup_eligible' });
    await client.cancel(run);
    await client.retry(run);
    await client.idle();
    expect(await client.job(run)).toMatchObject({ files: 4, lastError: null });
    expect(readFileSync(lab.onNas(run, MANIFEST), 'utf8')).toBe(manifest);
    expect(await lab.unlike(run)).toBe('');
  });
});
