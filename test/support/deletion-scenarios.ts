import { chmodSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ConfigInput } from 'nas-sync';
import { expect } from 'vitest';
import { DeletionLab, HOUR, manyFiles, T0 } from './deletion-lab.js';
import { listing, sha256sumCheck, type Tree } from './lab.js';
import { replayedJobs } from './replayed.js';

const LINKS = { 'plate 0/again.tif': 'well 0/image 0.tif', 'latest.tif': 'plate 0/well 1/image 4.tif', dangling: 'no' };
const EMPTY: Tree = { 'empty/': '', 'plate 0/none/': '', 'plate 0/none/at all/': '' };

export interface Story {
  readonly cleanup: NonNullable<ConfigInput['nasCleanup']>;
  /** When the process begins that is killed, in hours after the pass. */
  readonly hours?: number;
  readonly before?: (lab: DeletionLab, run: string, config: ConfigInput) => Promise<void> | void;
}

/** New times, old content: such a file is hashed again before it goes. */
const touch = (run: string): void => {
  for (const path of listing(run)) if (path.endsWith('.tif')) chmodSync(join(run, path), 0o640);
};
const toTrash: Story['before'] = (lab, _, config) => lab.letGo(config);

/** The ways in which a run is let go. */
export const STORIES: Readonly<Record<string, Story>> = {
  'at once': { cleanup: {} },
  'at once, of touched files': { cleanup: {}, before: (_, run) => touch(run) },
  'into the trash': { cleanup: { trashHours: 24 } },
  'out of the trash': { cleanup: { trashHours: 24 }, hours: 25, before: toTrash },
  'with the run folder': { cleanup: { retainCache: false } },
};

/** A run that is proven, and whatever else the story has before its deletion begins. */
export async function laid(name: string, files: number) {
  const lab = new DeletionLab();
  const story = STORIES[name]!;
  const config = lab.configWith(story.cleanup);
  const run = await lab.proven({ ...manyFiles(files), ...EMPTY }, LINKS, config);
  await story.before?.(lab, run, config);
  return { lab, run, config, at: T0 + (story.hours ?? 0) * HOUR };
}

/** What must come of every deletion, however often it was cut off: nothing here but what stays, everything there. */
export async function expectEnd(name: string, lab: DeletionLab, run: string, config: ConfigInput, at: number) {
  const { retainCache = true, trashHours = 0 } = STORIES[name]!.cleanup;
  const { jobs } = await lab.child({ config, at, hours: trashHours + 1 });
  expect(jobs).toMatchObject([{ state: 'cleaned', lastError: null }]);
  if (retainCache) {
    expect(listing(run)).toEqual(['.exlab-wizard/', '.exlab-wizard/checksums.sha256', '.exlab-wizard/creation.json']);
  } else expect(existsSync(run)).toBe(false);
  expect(await lab.unlike(run)).toBe('');
  await sha256sumCheck(lab.onNas(run));
  for (const place of retainCache ? [run, lab.onNas(run)] : [lab.onNas(run)]) {
    const record = JSON.parse(readFileSync(join(place, '.exlab-wizard/creation.json'), 'utf8')) as object;
    expect(record).toMatchObject({ sync_status: 'cleaned' });
  }
  const [job] = await replayedJobs(lab.at('queue.db'));
  expect(job?.replayed).toEqual(job?.stored);
}
