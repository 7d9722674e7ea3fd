import { chmodSync, lutimesSync, mkdirSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { differences, fill, Lab, listing, noise, sha256sumCheck } from '../../support/lab.js';

const FOLDERS = 30;
const FILES_IN_EACH = 100;
const PAST = 1_100_000_000;

/** Some 3,000 files of the kinds that runs hold, with modes and times that no copy would get by chance. */
function growTree(run: string): void {
  for (let folder = 0; folder < FOLDERS; folder += 1) {
    const path = `position ${folder % 5}/channel ${folder}`;
    for (let file = 0; file < FILES_IN_EACH; file += 1) {
      const name = `${path}/t${String(file).padStart(4, '0')}.tif`;
      fill(run, { [name]: file % 10 === 0 ? '' : noise(file * 37, folder * 1000 + file) });
      lutimesSync(join(run, name), PAST, PAST + folder + file / 1e4);
    }
    lutimesSync(join(run, path), PAST, PAST + folder / 8);
  }
}

function addOddities(run: string): void {
  fill(run, {
    'empty/deeper/': '',
    'sealed/kept.txt': 'in a folder that nobody may write to',
    'scripts/convert.sh': '#!/bin/sh\n',
    'notes/.exlab-wizard/creation.json': 'data like any other',
    'notes/deeper/.exlab-wizard': 'a file, and data',
  });
  mkdirSync(join(run, 'links'));
  symlinkSync('../scripts/convert.sh', join(run, 'links/file'));
  symlinkSync('../sealed', join(run, 'links/folder'));
  symlinkSync('nothing there', join(run, 'links/dangling'));
  chmodSync(join(run, 'scripts/convert.sh'), 0o751);
  chmodSync(join(run, 'sealed/kept.txt'), 0o440);
  chmodSync(join(run, 'sealed'), 0o555);
  chmodSync(join(run, 'empty'), 0o700);
}

it('brings a tree of thousands of files to the NAS, complete by the tools of others, and says so', async () => {
  const lab = new Lab();
  const run = await lab.makeRun({}, 'PROJ/Run_1');
  growTree(run);
  addOddities(run);

  const job = await lab.sync(run);

  expect(job).toMatchObject({ state: 'verified', files: FOLDERS * FILES_IN_EACH + 4, verifyPasses: 1, attempts: 0 });
  expect(await differences(run, lab.onNas(run))).toBe('');
  await sha256sumCheck(lab.onNas(run));
  const manifest = readFileSync(lab.onNas(run, '.exlab-wizard/checksums.sha256'), 'utf8');
  expect(manifest.trimEnd().split('\n')).toHaveLength(job.files!);
  const expected = modesAndTimes(run);
  expect(modesAndTimes(lab.onNas(run))).toEqual({
    ...expected,
    // The account that holds the copies must be able to replace them.
    'sealed/': expected['sealed/']!.replace('555', '755'),
    'sealed/kept.txt': expected['sealed/kept.txt']!.replace('440', '640'),
  });
  for (const record of [join(run, '.exlab-wizard/creation.json'), lab.onNas(run, '.exlab-wizard/creation.json')]) {
    expect(JSON.parse(readFileSync(record, 'utf8'))).toMatchObject({ sync_status: 'synced' });
  }
  expect(await lab.events(run)).toEqual(['enqueued', 'claimed', 'push.succeeded', 'claimed', 'verify.succeeded']);
});

/** Of everything but the record folder; times in whole microseconds, which is what Node can set. */
function modesAndTimes(folder: string): Record<string, string> {
  const paths = listing(folder).filter((path) => !path.startsWith('.exlab-wizard') && !path.endsWith('@'));
  return Object.fromEntries(
    paths.map((path) => {
      const { mode, mtimeNs } = statSync(join(folder, path), { bigint: true });
      return [path, `${(mode & 0o7777n).toString(8)} ${mtimeNs / 1000n}`];
    }),
  );
}
