import type { LiveWork } from 'nas-sync';
import { describe, expect, test } from 'vitest';
import { drawProgress } from '#dist/cli/progress/render.js';
import { widthOf } from '#dist/cli/text/width.js';
import { liveJob, liveWith, STARTED, workWith } from './live.js';

const drawn = (work: Partial<LiveWork>, width = 100, now = STARTED): string[] =>
  drawProgress(liveWith([liveJob({ work: workWith(work) })]), width, now);

test('nothing at work is drawn as nothing', () => expect(drawProgress(liveWith([liveJob()]), 80, STARTED)).toEqual([]));

test('a job at work shows what is done, how fast, and what it is at', () => {
  expect(drawn({})).toEqual([
    '▶ Run_1  pushing    ███████████████░░░░░░░░░░░░░░░   50 %  1 MB / 2 MB  500 kB/s  ETA 2s',
    '    1/4 files  images/cell.tif',
  ]);
});

describe('a line says', () => {
  test.each([
    ['verify', 'verifying'],
    ['restore', 'restoring'],
  ] as const)('which kind of work it is: %s', (phase, word) => expect(drawn({ phase })[0]).toContain(word));
  test('no rate before there is one', () => expect(drawn({ rate: null, eta: null })[0]).toMatch(/2 MB$/));
  test('no end that nobody knows', () => expect(drawn({ eta: null })[0]).toMatch(/500 kB\/s$/));
  test('100 % only when all is done', () => expect(drawn({ bytes: 1_999_999 })[0]).toContain(' 99 %'));
  test('the files done where there are no bytes', () =>
    expect(drawn({ totalBytes: 0, bytes: 0 })[0]).toContain(' 25 %'));
  test('at most 100 %, even if a file grew', () => expect(drawn({ bytes: 3_000_000 })[0]).toContain('100 %'));
  test('that nothing moves', () => expect(drawn({}, 100, STARTED + 12_000)[0]).toMatch(/nothing moved for 12s$/));
});

describe('a narrow terminal', () => {
  test('gets no bar', () => expect(drawn({}, 60)[0]).toBe('▶ Run_1  pushing     50 %  1 MB / 2 MB  500 kB/s  ETA 2s'));
  test('gets fewer numbers', () => expect(drawn({}, 50)[0]).toBe('▶ Run_1  pushing     50 %  500 kB/s  ETA 2s'));
  test('gets the end of a path', () => expect(drawn({}, 25)[1]).toBe('    1/4 files  …/cell.tif'));

  test('never gets a line that is wider than itself', () => {
    const work = workWith({ currentFile: '顕微鏡/👩‍🔬/very/long/path/to/some.file' });
    const live = liveWith([liveJob({ runPath: '/data/顕微鏡 with a name that goes on and on', work })], {
      A: { equipmentId: 'A', state: 'closed', because: 'the NAS at //nas01/lab does not answer' },
    });
    const tooWide = Array.from({ length: 150 }, (_, width) => width + 1).filter((width) =>
      drawProgress(live, width, STARTED).some((line) => widthOf(line) > width),
    );
    expect(tooWide).toEqual([]);
  });
});

test('names are shown on one line, escaped', () => {
  const work = workWith({ currentFile: 'a\n\x1b[2J' });
  const lines = drawProgress(liveWith([liveJob({ runPath: '/data/Run\n1', work })]), 100, STARTED);
  expect(lines).toEqual([expect.stringContaining('Run\\n1'), '    1/4 files  a\\n\\x1b[2J']);
});

test('jobs are drawn in the order in which they began, with their names aligned', () => {
  const late = liveJob({ jobId: 'late', runPath: '/l', work: workWith({ startedAt: STARTED + 1 }) });
  const early = liveJob({ jobId: 'early', runPath: '/early', work: workWith() });
  const lines = drawProgress(liveWith([late, early]), 100, STARTED);
  expect([lines[0]?.slice(0, 16), lines[2]?.slice(0, 16)]).toEqual(['▶ early  pushing', '▶ l      pushing']);
});

test('a closed lane says what it waits for', () => {
  const lanes = {
    A: { equipmentId: 'A', state: 'closed' as const, because: 'the NAS is down' },
    B: { equipmentId: 'B', state: 'idle' as const, because: null },
  };
  expect(drawProgress(liveWith([], lanes), 80, STARTED)).toEqual(['… A waits: the NAS is down']);
});
