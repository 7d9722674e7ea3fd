import { describe, expect, it } from 'vitest';
import { expectEnd, laid } from '../support/deletion-scenarios.js';

const FILES = 1000;

/** Where one process after the other is killed. */
const WAYS = [
  { story: 'at once', kills: [['after unlink', 500]] },
  {
    story: 'at once',
    kills: [
      ['before unlink', 1],
      ['after unlink', 300],
      ['before open', 1],
      ['after intent', 1],
      ['after unlink', 699],
      ['after remove-folder', 200],
      ['before done', 1],
      ['after record-on-nas', 1],
    ],
  },
  {
    story: 'into the trash',
    kills: [
      ['after trash', 2],
      ['after trash', 500],
      ['before trash', 100],
    ],
  },
  {
    story: 'out of the trash',
    kills: [
      ['after unlink-link', 2],
      ['after unlink', 500],
      ['after hash', 250],
      ['before done', 1],
    ],
  },
  {
    story: 'with the run folder',
    kills: [
      ['after unlink', 999],
      ['after unlink-record', 1],
      ['after unlink-record', 1],
      ['before remove-run', 2],
      ['before done', 1],
    ],
  },
] as const;

describe('a run of 1,000 files that is let go by processes which are killed (-9) one after the other', () => {
  it.for(WAYS)('$story, $kills: no byte is lost at any moment, and the last one ends it', async ({ story, kills }) => {
    const { lab, run, config, at } = await laid(story, FILES);
    for (const [moment, nth] of kills) {
      await lab.child({ config, at, kill: { moment, nth } });
      expect(lab.lost(run)).toEqual([]);
    }
    await expectEnd(story, lab, run, config, at);
  });
});
