import { PassThrough } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { onTestFinished, test, expect } from 'vitest';
import { showProgress } from '#dist/cli/progress/live-progress.js';
import { Screen } from '#dist/cli/progress/screen.js';
import { createLiveStore } from '#dist/live/live-store.js';

const AT = Date.parse('2026-11-22T12:00:00Z');
const run = { at: AT, jobId: 'j1', runPath: '/data/Run_1', equipmentId: 'SCOPE' };

/** A stream that remembers what was written to it, and passes for a terminal if wanted. */
function streamWith({ isTTY }: { isTTY: boolean }) {
  const written: string[] = [];
  const stream = Object.assign(new PassThrough(), { isTTY, columns: 80, rows: 24 });
  stream.on('data', (chunk: Buffer) => written.push(chunk.toString()));
  return {
    stream: stream as unknown as NodeJS.WriteStream,
    text: () => written.join(''),
    writes: () => written.length,
  };
}

function shownOn({ isTTY }: { isTTY: boolean }, options = { moves: true }) {
  const live = createLiveStore();
  const out = streamWith({ isTTY });
  const hide = showProgress(live, new Screen(out.stream), options);
  onTestFinished(hide);
  const move = (to: string): void =>
    live.send({ type: 'transition', ...run, event: 'x', from: '', to, state: to, because: null });
  const work = (): void => {
    live.send({ type: 'work.started', ...run, phase: 'push', totalFiles: 1, totalBytes: 1000 });
  };
  const progress = (bytes: number): void =>
    live.send({ type: 'work.progress', at: AT, jobId: 'j1', files: 0, bytes, currentFile: 'a' });
  return { ...out, live, hide, move, work, progress };
}

test('without a terminal each transition is a line, and progress none', async () => {
  const { move, work, progress, text } = shownOn({ isTTY: false });
  move('queued');
  move('running');
  work();
  progress(500);
  await sleep(150);
  expect(text().split('\n')).toEqual([
    expect.stringMatching(/Run_1 {2}queued$/),
    expect.stringMatching(/queued → running$/),
    '',
  ]);
});

test('without a terminal, moves that are not asked for are not told', () => {
  const { move, text } = shownOn({ isTTY: false }, { moves: false });
  move('verified');
  expect(text()).toBe('');
});

test('a terminal gets the work drawn', async () => {
  const { move, work, text } = shownOn({ isTTY: true });
  move('running');
  work();
  await expect.poll(text).toContain('▶ Run_1  pushing');
});

test('a terminal is drawn on at most ten times a second', async () => {
  const { move, work, progress, writes } = shownOn({ isTTY: true });
  move('running');
  work();
  const before = writes();
  const since = Date.now();
  for (let bytes = 1; bytes <= 50; bytes += 1) {
    progress(bytes * 10);
    await sleep(10);
  }
  const seconds = (Date.now() - since) / 1000;
  // One more a second is drawn in any case, and one may be under way at each end.
  expect(writes() - before).toBeLessThanOrEqual(11 * seconds + 2);
});

test('on a terminal, what came of the work stays above the drawing', async () => {
  const { move, work, text } = shownOn({ isTTY: true });
  move('running');
  work();
  move('verified');
  await expect.poll(text).toMatch(/running → verified\n/);
});

test('the drawing goes when the work is over', async () => {
  const { move, work, hide, text } = shownOn({ isTTY: true });
  move('running');
  work();
  await expect.poll(text).toContain('▶ Run_1');
  hide();
  // Two lines and the one below them are erased.
  await expect.poll(() => text().split('▶ Run_1').at(-1)?.split('\x1b[2K').length).toBe(4);
});
