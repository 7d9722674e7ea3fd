import { createLiveStore, type LiveStore } from '#dist/live/live-store.js';
import { beforeEach, describe, expect, it } from 'vitest';

let live: LiveStore;
beforeEach(() => {
  live = createLiveStore();
});

const transition = (jobId: string, to = 'running', at = 0) =>
  ({
    type: 'transition',
    at,
    jobId,
    runPath: `/runs/${jobId}`,
    equipmentId: 'SCOPE',
    event: 'claimed',
    from: 'queued',
    to,
    state: to,
    because: null,
  }) as const;

const started = (jobId: string, totalBytes: number, at = 0) =>
  ({
    type: 'work.started',
    at,
    jobId,
    runPath: `/runs/${jobId}`,
    equipmentId: 'SCOPE',
    phase: 'push',
    totalFiles: 10,
    totalBytes,
  }) as const;

const progress = (jobId: string, bytes: number, at: number) =>
  ({ type: 'work.progress', at, jobId, files: 1, bytes, currentFile: 'a.tif' }) as const;

const workOf = (jobId: string) => live.getSnapshot().context.jobs[jobId]?.work;

describe('the live store', () => {
  it('shows bytes, files and the current file of a job at work', () => {
    live.send(transition('a'));
    live.send(started('a', 1000));
    live.send(progress('a', 250, 1000));
    expect(workOf('a')).toMatchObject({ phase: 'push', bytes: 250, totalBytes: 1000, files: 1, currentFile: 'a.tif' });
  });

  it('gives the rate in bytes a second and the time that is left at that rate', () => {
    live.send(transition('a'));
    live.send(started('a', 1000));
    live.send(progress('a', 250, 1000));
    expect(workOf('a')).toMatchObject({ rate: 250, eta: 3 });
  });

  it('knows no rate and no ETA before anything moved', () => {
    live.send(transition('a'));
    live.send(started('a', 1000));
    expect(workOf('a')).toMatchObject({ rate: null, eta: null });
  });

  it('follows a rate that changes, without jumping to each sample', () => {
    live.send(transition('a'));
    live.send(started('a', 100_000));
    live.send(progress('a', 1000, 1000));
    live.send(progress('a', 1000, 2000));
    expect(workOf('a')?.rate).toBe(800);
  });

  it('shows no work once it has ended', () => {
    live.send(transition('a'));
    live.send(started('a', 1000));
    live.send({ type: 'work.ended', at: 5, jobId: 'a' });
    expect(workOf('a')).toBeNull();
  });

  it('says what a closed lane waits for', () => {
    live.send({ type: 'lane', at: 0, equipmentId: 'SCOPE', state: 'closed', because: 'the NAS does not answer' });
    expect(live.getSnapshot().context.lanes['SCOPE']).toEqual({
      equipmentId: 'SCOPE',
      state: 'closed',
      because: 'the NAS does not answer',
    });
  });

  it('stays bounded: of jobs at rest it remembers the 200 that moved last', () => {
    for (let index = 0; index < 1000; index += 1) live.send(transition(`job-${index}`, 'verified', index));
    const remembered = Object.keys(live.getSnapshot().context.jobs);
    expect(remembered).toHaveLength(200);
    expect(remembered).toContain('job-999');
    expect(remembered).not.toContain('job-799');
  });

  it('never forgets a job that is at work', () => {
    live.send(transition('busy', 'running', -1));
    live.send(started('busy', 1000));
    for (let index = 0; index < 1000; index += 1) live.send(transition(`job-${index}`, 'verified', index));
    expect(workOf('busy')).toMatchObject({ totalBytes: 1000 });
  });

  it('ignores progress of a job that it never heard of', () => {
    live.send(progress('stranger', 1, 1));
    expect(live.getSnapshot().context.jobs).toEqual({});
  });
});
