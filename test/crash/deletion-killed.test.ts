import { describe, expect, it } from 'vitest';
import { expectEnd, laid, STORIES } from '../support/deletion-scenarios.js';

const FILES = 9;

const both = (...acts: string[]): string[] => acts.flatMap((act) => [`before ${act}`, `after ${act}`]);
const MOMENTS: Readonly<Record<string, readonly string[]>> = {
  'at once': [
    'after intent',
    // What is opened is as it was: `after open` is `before take`.
    'before open',
    ...both('take', 'unlink-link', 'unlink', 'remove-folder', 'record-on-nas'),
    'before done',
  ],
  'at once, of touched files': both('hash'),
  'into the trash': ['after intent', 'before open', ...both('trash', 'remove-folder')],
  'out of the trash': ['after intent', ...both('unlink-link', 'hash', 'unlink', 'remove-folder'), 'before done'],
  'with the run folder': both('record-on-nas', 'unlink-record', 'remove-run'),
};
const ONCE = new Set(both('intent', 'record-on-nas', 'done'));

/** The middle is held with 1,000 files, in `deletion-killed-large`. */
const whichOf = (moment: string): readonly ('first' | 'last')[] => (ONCE.has(moment) ? ['first'] : ['first', 'last']);

const points = Object.keys(STORIES).flatMap((story) =>
  (MOMENTS[story] ?? []).flatMap((moment) => whichOf(moment).map((which) => ({ story, moment, which }))),
);
type Point = (typeof points)[number];

/** How often each moment comes in an undisturbed deletion. */
const rehearsals = new Map<string, Record<string, number>>();

async function nthOf({ story, moment, which }: Point): Promise<number> {
  if (!rehearsals.has(story)) {
    const { lab, config, at } = await laid(story, FILES);
    rehearsals.set(story, (await lab.child({ config, at, count: true })).seen);
  }
  const times = rehearsals.get(story)?.[moment] ?? 0;
  expect(times, `${moment} comes in the story`).toBeGreaterThan(0);
  return { first: 1, last: times }[which];
}

describe('a process that is killed (-9) while a run is let go', () => {
  it.for(points)('$story, $which $moment: no byte is lost, and the next process ends it', async (point) => {
    const nth = await nthOf(point);
    const { lab, run, config, at } = await laid(point.story, FILES);
    await lab.child({ config, at, kill: { moment: point.moment, nth } });
    expect(lab.lost(run)).toEqual([]);
    await expectEnd(point.story, lab, run, config, at);
  });
});
