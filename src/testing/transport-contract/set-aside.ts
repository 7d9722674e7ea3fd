import assert from 'node:assert/strict';
import { requireFetched } from './damage.js';
import { PLACE, type Bench, type Proofs } from './fixture.js';
import { noise, rejection } from './tools.js';

const INTO = '.exlab-wizard/set-aside/0-2026-01-02T03-04-05Z';
const GONE = ['analysis.tdf-wal', "series/it's 100% [1] $x.tmp"];

async function pushed(bench: Bench): Promise<void> {
  await bench.write('analysis.tdf', noise(20_000));
  for (const path of GONE) await bench.write(path, noise(5_000, path.length));
  await bench.push();
}

const setAside = ({ transport, signal }: Bench, paths: readonly string[], into = INTO): Promise<void> =>
  transport.setAside({ target: PLACE, paths, into, signal });

const standing = async ({ transport, signal }: Bench): Promise<string[]> =>
  (await transport.list(PLACE, signal)).files.map(({ path }) => path).sort();

/** What is no longer in the run leaves the run's place, and is kept. */
export const SET_ASIDE: Proofs = {
  'files that are set aside leave the place whole, and a repeat or a cleaning up changes nothing': async (bench) => {
    await pushed(bench);
    if (bench.target.setsAside === false) {
      assert.equal((await rejection(setAside(bench, GONE))).code, 'target_conflict');
      assert.deepEqual(await standing(bench), ['analysis.tdf', ...GONE].sort());
      return;
    }
    await setAside(bench, [...GONE, 'never there.tmp']);
    assert.deepEqual(await standing(bench), ['analysis.tdf']);
    await setAside(bench, GONE);
    await bench.transport.tidyUp(PLACE, bench.signal);
    for (const path of GONE) {
      const kept = await bench.transport.readMeta(`${PLACE}/${INTO}/${path}`, bench.signal);
      assert.ok(kept !== null && Buffer.from(kept).equals(noise(5_000, path.length)), `${path} is kept as it was`);
    }
    await bench.fetch(['analysis.tdf']);
    await requireFetched(bench, ['analysis.tdf']);
  },

  'a folder is removed where nothing is left in it, and stays where anything is': async (bench) => {
    if (bench.target.setsAside === false) return;
    await pushed(bench);
    await bench.write('series/deep/x.tmp', noise(100));
    await bench.write('other/kept.tif', noise(100, 2));
    await bench.push();
    const [, path = ''] = GONE;
    const { transport, signal } = bench;
    const emptyFolders = ['series', 'series/deep', 'other', 'never there'];
    await transport.setAside({ target: PLACE, paths: [path, 'series/deep/x.tmp'], emptyFolders, into: INTO, signal });
    assert.deepEqual((await transport.list(PLACE, signal)).folders, ['other']);
    assert.deepEqual(await standing(bench), ['analysis.tdf', 'analysis.tdf-wal', 'other/kept.tif']);
  },

  'a name that is taken among what was set aside is refused, and both files stay': async (bench) => {
    if (bench.target.setsAside === false) return;
    await pushed(bench);
    const [path = ''] = GONE;
    const taken = `${PLACE}/${INTO}/${path}`;
    await bench.transport.writeMeta(taken, Buffer.from('first'), { exclusive: true }, bench.signal);
    assert.equal((await rejection(setAside(bench, [path]))).code, 'target_conflict');
    assert.ok((await standing(bench)).includes(path));
    assert.equal(Buffer.from((await bench.transport.readMeta(taken, bench.signal)) ?? []).toString(), 'first');
  },

  'nothing is set aside to elsewhere, from elsewhere, or from the record folder': async (bench) => {
    await pushed(bench);
    for (const into of ['elsewhere', '.exlab-wizard/set-aside', '.exlab-wizard/set-aside/../../..', `/${INTO}`]) {
      await assert.rejects(setAside(bench, GONE, into), { code: 'usage' });
    }
    for (const path of ['../other', '.exlab-wizard/creation.json', '/etc/hosts', '']) {
      await assert.rejects(setAside(bench, [path]), { code: 'usage' });
    }
    assert.deepEqual(await standing(bench), ['analysis.tdf', ...GONE].sort());
  },
};
