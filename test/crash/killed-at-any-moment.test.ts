import { setTimeout as sleep } from 'node:timers/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CliLab, contentsBelow, ended } from '../support/cli-lab.js';
import { differences } from '../support/lab.js';
import { replayedJobs } from '../support/replayed.js';

const KILLS = 20;
const FILES = 2000;

let lab: CliLab;
let run: string;
let wholeSyncMs: number;

beforeAll(async () => {
  lab = await CliLab.open();
  run = await lab.run('PROJ-1/Runs/Run_1', FILES, (index) => 200 + ((index * 37) % 20_000));
  const began = performance.now();
  expect((await lab.cli('sync', run, '--quiet')).exitCode).toBe(0);
  wholeSyncMs = performance.now() - began;
});
afterAll(() => lab.close());

/** The moments are spread over the whole sync, each somewhere in its own slice. */
const moments = Array.from({ length: KILLS }, (_, index) => (index + Math.random()) / KILLS);

describe('a process that is killed (-9) during a sync of 2,000 files', () => {
  it.for(moments.map((moment) => Math.round(moment * 100)))(
    'at about %i percent of the way loses nothing, and the next `run --once` ends verified',
    async (percent) => {
      await lab.forget();
      const child = lab.start('sync', run, '--quiet');
      await sleep((percent / 100) * wholeSyncMs);
      child.kill('SIGKILL');
      await ended(child);

      const local = await contentsBelow(run);
      expect(local.size).toBe(FILES);
      for (const [path, content] of await contentsBelow(lab.copyOf(run))) {
        expect(content.equals(local.get(path) ?? Buffer.alloc(0)), `${path} is whole under its final name`).toBe(true);
      }

      const jobsBefore = await lab.jobs();
      if (jobsBefore.length === 0) await lab.cli('enqueue', run);
      const next = await lab.cli('run', '--once', '--quiet');
      expect(next).toMatchObject({ exitCode: 0 });
      expect(await lab.jobs()).toMatchObject([{ state: 'verified', files: FILES, lastError: null }]);
      expect(await differences(run, lab.copyOf(run))).toBe('');
      expect(existsSync(join(lab.copyOf(run), '.exlab-wizard', '.nas-sync-partial'))).toBe(false);
      for (const { stored, replayed } of await replayedJobs(lab.database)) expect(replayed).toEqual(stored);
    },
  );
});
