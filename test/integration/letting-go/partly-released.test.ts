import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { SimulatedClock } from 'nas-sync/testing';
import { describe, expect, it, onTestFinished, type TestContext } from 'vitest';
import { flipBit } from '../../support/damage.js';
import { DeletionLab, HOUR, T0 } from '../../support/deletion-lab.js';
import { listing, sha256sumCheck } from '../../support/lab.js';

const TREE = { 'a.txt': 'a', 'deep/b.txt': 'bb', 'deep/empty/': '', 'keep/stuck.bin': 'stuck', 'keep/c.bin': 'ccc' };
const LINKS = { 'deep/to stuck': '../keep/stuck.bin', latest: 'a.txt' };
const STUCK = 'keep/stuck.bin';
const MANIFEST = '.exlab-wizard/checksums.sha256';

/** `chattr` takes root, and a file system that knows it. */
async function fasten(path: string, skip: TestContext['skip']): Promise<() => Promise<unknown>> {
  const { exitCode } = await execa('chattr', ['+i', path], { reject: false });
  if (exitCode !== 0) skip('chattr +i is refused here: run as root on ext4');
  const loosen = () => execa('chattr', ['-i', path], { reject: false });
  onTestFinished(async () => void (await loosen()));
  return loosen;
}

/**
 * Most of the run is gone, by our own hand. In a fastened folder nothing can be deleted, and its files are as they were; a
 * file that is fastened itself has a new time, and is read again.
 */
async function partlyReleased(skip: TestContext['skip'], fastened = 'keep', links: 'keep' | 'follow' = 'keep') {
  const lab = new DeletionLab({ links });
  const config = lab.configWith({});
  const run = await lab.proven(TREE, LINKS, config);
  const loosen = await fasten(join(run, fastened), skip);
  const clock = new SimulatedClock(T0);
  const client = lab.open({ config, clock });
  await client.init();
  await client.idle();
  const manifest = readFileSync(lab.onNas(run, MANIFEST), 'utf8');
  const pass = (hours: number): Promise<void> => clock.advance(hours * HOUR, () => client.idle());
  return { lab, run, client, pass, loosen, manifest };
}

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
  it.for([30, 60])('is healed where the file is still here, after %i hours', async (hours, { skip }) => {
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
