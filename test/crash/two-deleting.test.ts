import { execa } from 'execa';
import { NasSyncClient } from 'nas-sync';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { DELETION_CHILD } from '../support/bundle-children.js';
import { DeletionLab, manyFiles } from '../support/deletion-lab.js';
import { listing, sha256sumCheck } from '../support/lab.js';
import { replayedJobs } from '../support/replayed.js';

const FILES = 60;

const filesIn = (run: string): number => listing(run).filter((path) => path.endsWith('.tif')).length;
const counted = (events: readonly string[], name: string): number => events.filter((event) => event === name).length;

/** Real time: a lease is about who is alive now. */
async function laid(leaseSeconds = 60, enabled = true) {
  const lab = new DeletionLab();
  const config = lab.configWith({ enabled }, leaseSeconds);
  const run = await lab.proven(manyFiles(FILES), {}, config);
  return { lab, run, config };
}

describe('a run that two processes would let go', () => {
  it('is let go by one of them', async () => {
    const { lab, run, config } = await laid();
    const ends = await Promise.all([1, 2].map(() => lab.child({ config, at: null, count: true })));
    const unlinks = ends.map(({ seen }) => seen['before unlink'] ?? 0);
    expect(
      unlinks.sort((a, b) => a - b),
      'all by one',
    ).toEqual([0, FILES]);
    const client = lab.open({ drive: 'none' });
    const events = await lab.events(run, client);
    expect(counted(events, 'interlocks.satisfied')).toBe(1);
    expect(await client.status(run)).toBe('cleaned');
    await sha256sumCheck(lab.onNas(run));
  });
});

describe('a client that is closed in the middle of a deletion', () => {
  it('gives the job back in order, and a later one ends it', async () => {
    const { lab, run, config } = await laid();
    let unlinked = 0;
    const closing: Promise<void>[] = [];
    const at = (moment: string, act: string): void => {
      if (moment !== 'after' || act !== 'unlink') return;
      unlinked += 1;
      if (unlinked === 20) closing.push(client.close({ deadline: 0 }));
    };
    const client = new NasSyncClient({ config, database: lab.at('queue.db'), faults: { at } });
    await client.init();
    await client.idle();
    await Promise.all(closing);
    expect(filesIn(run), 'it stops at the next file').toBe(FILES - 20);
    expect(lab.lost(run)).toEqual([]);
    const asking = lab.open({ drive: 'none' });
    const before = await lab.events(run, asking);
    expect(before.slice(-2)).toEqual(['interlocks.satisfied', 'cleanup.refused']);
    const { jobs } = await lab.child({ config, at: null });
    expect(jobs).toMatchObject([{ state: 'cleaned' }]);
    expect(await lab.events(run, asking)).not.toContain('interrupted');
    await sha256sumCheck(lab.onNas(run));
  });

  it('ends it first, where it is given the time', async () => {
    const { lab, run, config } = await laid();
    const closing: Promise<void>[] = [];
    const at = (): void => void closing.push(client.close({ deadline: 60_000 }));
    const client = new NasSyncClient({ config, database: lab.at('queue.db'), faults: { at } });
    await client.init();
    await client.idle();
    await Promise.all(closing);
    expect(await lab.open({ drive: 'none' }).status(run)).toBe('cleaned');
  });
});

describe('a process that is put to sleep in the middle of a deletion', () => {
  const isAsleep = async (pid: number | undefined): Promise<void> => {
    const state = (): string => / ([A-Z]) /u.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1] ?? '';
    while (state() !== 'T') await sleep(20);
  };

  it('deletes no more than the file at hand once another has taken the job over', async () => {
    const { lab, run, config } = await laid(1);
    const kill = { moment: 'before unlink', nth: 20, signal: 'SIGSTOP' };
    const told = { config, database: lab.at('queue.db'), at: null, hours: 0, kill, count: true };
    const sleeper = execa(process.execPath, [DELETION_CHILD, JSON.stringify(told)], { reject: false });
    lab.atEnd(async () => sleeper.kill('SIGKILL'));
    await isAsleep(sleeper.pid);
    expect(filesIn(run), 'the one at hand waits in the record folder').toBe(FILES - 20);

    // The next owner deletes nothing, so that all that goes from here on went by the sleeper's hand.
    const next = lab.open({ config: lab.configWith({ enabled: false }, 1) });
    await next.init();
    while (!(await lab.events(run, next)).includes('interrupted')) await sleep(100);
    sleeper.kill('SIGCONT');
    await once(sleeper, 'exit');
    expect(filesIn(run)).toBeGreaterThanOrEqual(FILES - 20);
    expect(lab.lost(run)).toEqual([]);
    const [job] = await replayedJobs(lab.at('queue.db'));
    expect(job?.replayed).toEqual(job?.stored);
  });

  it('is no matter to the one that ends the deletion', async () => {
    const { lab, run, config } = await laid(1);
    const kill = { moment: 'before unlink', nth: 20, signal: 'SIGSTOP' };
    const told = { config, database: lab.at('queue.db'), at: null, hours: 0, kill };
    const sleeper = execa(process.execPath, [DELETION_CHILD, JSON.stringify(told)], { reject: false });
    lab.atEnd(async () => sleeper.kill('SIGKILL'));
    await isAsleep(sleeper.pid);
    const next = lab.open({ config });
    await next.init();
    await next.waitFor(run, 'cleaned');
    sleeper.kill('SIGCONT');
    await once(sleeper, 'exit');
    expect(await next.status(run)).toBe('cleaned');
    expect(counted(await lab.events(run, next), 'cleanup.succeeded')).toBe(1);
    await sha256sumCheck(lab.onNas(run));
  });
});
