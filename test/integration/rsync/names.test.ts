import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { ODD_NAMES } from 'nas-sync/testing';
import { describe, expect, it } from 'vitest';
import { differences, sha256sumCheck } from '../../support/lab.js';
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

/** What the server of an account that allows rsync only would take for a pattern, or for two arguments. */
const PATTERN = /[*?[\n\r]/;

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

describe.each(['gnu', 'busybox'] as const)('on a server with a %s account', (flavour) => {
  it('runs whose own folders are named oddly arrive in their own places', async () => {
    const lab = await RsyncLab.with(flavour);
    const client = lab.client;
    const runs: string[] = [];
    for (const name of [...names, 'Run_7', 'Run_[7]']) runs.push(await lab.makeRun({ 'a.txt': name }, `odd/${name}`));

    const jobs = await Promise.all(runs.map((run) => client.enqueue(run)));
    const views = await client.settled(jobs.map(({ jobId }) => jobId));
    await client.idle();

    expect(views.filter(({ state }) => state !== 'verified')).toEqual([]);
    expect(namesIn(`${lab.server.folder}/odd`)).toEqual(namesIn(`${lab.local}/odd`));
    for (const run of runs) expect(await differences(run, lab.onNas(run))).toBe('');
  });
});

describe('on a server with an rsync-only account', () => {
  it.each(['Run_[7]', 'Run*', 'Run?', 'Run\n7', 'Run\r7'])(
    'a run whose folder is named %j is refused by name before a byte moves, and another is left alone',
    async (name) => {
      const lab = await RsyncLab.with('rsync-only');
      const theirs = await lab.makeRun({ 'a.txt': 'of Run_7' }, 'Run_7');
      const ours = await lab.makeRun({ 'a.txt': 'of the oddly named' }, name);
      await lab.sync(theirs);

      const job = await lab.sync(ours);

      expect(PATTERN.test(name)).toBe(true);
      expect(job).toMatchObject({ state: 'failed', attempts: 0, lastError: { kind: 'source_invalid' } });
      expect(job.lastError!.message).toContain("rename the run's folder");
      expect(existsSync(lab.onNas(ours))).toBe(false);
      expect(readFileSync(lab.onNas(theirs, 'a.txt'), 'utf8')).toBe('of Run_7');
    },
  );

  it('a run with any other odd name arrives in its own place', async () => {
    const lab = await RsyncLab.with('rsync-only');
    const run = await lab.makeRun({ 'a.txt': 'a' }, ` #Run "1" $(x) \\n it's {a,b}`);

    expect(await lab.sync(run)).toMatchObject({ state: 'verified', lastError: null });

    expect(await differences(run, lab.onNas(run))).toBe('');
  });
});
