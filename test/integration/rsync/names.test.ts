import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { ODD_NAMES } from 'nas-sync/testing';
import { describe, expect, it } from 'vitest';
import { differences, listing, sha256sumCheck } from '../../support/lab.js';
import { FLAVOURS, RsyncLab } from './rsync-lab.js';

const names = Object.values(ODD_NAMES);
const namesIn = (folder: string): string[] =>
  readdirSync(folder, { encoding: 'buffer' })
    .map((name) => name.toString('hex'))
    .sort();

/** Each name twice: as a file at the top, and as a folder with a file of that name in it. */
const TREE = Object.fromEntries(
  names.flatMap((name, index) => [
    [name, `content ${index}`],
    [`below/${name}/${name}`, `deeper ${index}`],
  ]),
);

describe.each(FLAVOURS)('on a server with a %s account', (flavour) => {
  it('every odd name arrives byte for byte, as a file and as a folder', async () => {
    const lab = await RsyncLab.with(flavour);
    const run = await lab.makeRun(TREE);

    const job = await lab.sync(run);

    expect(job).toMatchObject({ state: 'verified', files: 2 * names.length, lastError: null });
    expect(namesIn(lab.onNas(run))).toEqual(namesIn(run));
    expect(namesIn(lab.onNas(run, 'below'))).toEqual(namesIn(`${run}/below`));
    expect(await differences(run, lab.onNas(run))).toBe('');
    await sha256sumCheck(lab.onNas(run));
  });
});

/** So many of them in one path that it stays a path. */
const IN_ONE_PATH = 12;
const paths = Array.from({ length: Math.ceil(names.length / IN_ONE_PATH) }, (_, at) =>
  names.slice(at * IN_ONE_PATH, (at + 1) * IN_ONE_PATH).join('/'),
);

describe.each(['gnu', 'busybox'] as const)('on a server with a %s account', (flavour) => {
  it('runs whose own folders are named oddly arrive in their own places', async () => {
    const lab = await RsyncLab.with(flavour);
    const { client } = lab;
    const runs: string[] = [];
    for (const path of [...paths, 'Run_7', 'Run_[7]']) runs.push(await lab.makeRun({ 'a.txt': path }, path));

    const jobs = await Promise.all(runs.map((run) => client.enqueue(run)));
    const views = await client.settled(jobs.map(({ jobId }) => jobId));
    await client.idle();

    expect(views.filter(({ state }) => state !== 'verified')).toEqual([]);
    for (const run of runs) expect(await differences(run, lab.onNas(run))).toBe('');
    await sha256sumCheck(lab.onNas(runs[0]!));
  });
});

describe('on a server with an rsync-only account', () => {
  it('runs whose folders it would take for patterns are refused by name, and what they fit is left alone', async () => {
    const lab = await RsyncLab.with('rsync-only');
    const theirs = await lab.makeRun({ 'a.txt': 'of Run_7' }, 'Run_7');
    await lab.sync(theirs);

    for (const name of ['Run_[7]', 'Run*', 'Run_?', 'Run_7\n', 'Run\r7']) {
      const ours = await lab.makeRun({ 'a.txt': 'of the oddly named' }, name);
      const job = await lab.sync(ours);

      expect(job).toMatchObject({ state: 'failed', attempts: 0, lastError: { kind: 'source_invalid' } });
      expect(job.lastError!.message).toContain("rename the run's folder");
      expect(existsSync(lab.onNas(ours))).toBe(false);
    }
    expect(listing(lab.server.folder).filter((path) => path.endsWith('.txt'))).toEqual(['Run_7/a.txt']);
    expect(readFileSync(lab.onNas(theirs, 'a.txt'), 'utf8')).toBe('of Run_7');
  });

  it('a run with any other odd name arrives in its own place', async () => {
    const lab = await RsyncLab.with('rsync-only');
    const run = await lab.makeRun({ 'a.txt': 'a' }, ` #Run "1" $(x) \\n it's {a,b}`);

    expect(await lab.sync(run)).toMatchObject({ state: 'verified', lastError: null });

    expect(await differences(run, lab.onNas(run))).toBe('');
  });
});
