import assert from 'node:assert/strict';
import { utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { RECORD_FOLDER } from '../../run/record/record-folder.js';
import { add, overwrite, remove, replaceByFolder } from './damage.js';
import { digestsOf } from './digests.js';
import { PLACE, type Bench, type Proofs } from './fixture.js';
import { makeTree } from './push.js';
import { flipped, noise } from './tools.js';

const SIZE = 50_000;
const TIME = new Date('2026-01-02T03:04:05Z');

async function pushed(bench: Bench): Promise<Bench> {
  await bench.write('series/image.tif', noise(SIZE));
  await bench.write('other.txt', 'other');
  // A whole second can be set again exactly.
  for (const path of ['series/image.tif', 'other.txt']) await utimes(join(bench.run, path), TIME, TIME);
  await bench.push();
  await bench.requireSame();
  return bench;
}

/** Reading the place back in its own right. */
export const HASH: Proofs = {
  'a place that does not exist holds nothing': async (bench) => {
    const { files, links, folders, others } = await bench.hash({ target: 'SCOPE/never pushed', entries: [] });
    assert.deepEqual({ files, links, folders, others }, { files: [], links: [], folders: [], others: [] });
  },

  'a flipped bit is found, with size and time as they were': async (bench) => {
    await pushed(bench);
    await overwrite(bench, 'series/image.tif', flipped(noise(SIZE)));
    await bench.requireDifference({ mismatched: ['series/image.tif'] });
  },

  'a file that was cut short is found': async (bench) => {
    await pushed(bench);
    await overwrite(bench, 'series/image.tif', noise(SIZE).subarray(0, SIZE - 1));
    await bench.requireDifference({ mismatched: ['series/image.tif'] });
  },

  'a file that became empty is found': async (bench) => {
    await pushed(bench);
    await overwrite(bench, 'other.txt', new Uint8Array());
    await bench.requireDifference({ mismatched: ['other.txt'] });
  },

  'a file that is gone is missed': async (bench) => {
    await pushed(bench);
    if (await remove(bench, 'other.txt')) await bench.requireDifference({ missing: ['other.txt'] });
  },

  'a file that was added is found': async (bench) => {
    await pushed(bench);
    await add(bench, 'series/added.txt');
    await bench.requireDifference({ extra: ['series/added.txt'] });
  },

  'a folder in the place of a file is found': async (bench) => {
    await pushed(bench);
    if (!(await replaceByFolder(bench, 'other.txt'))) return;
    await bench.requireDifference({ mismatched: ['other.txt'], extra: ['other.txt/inside'] });
  },

  'damage is healed by the next push': async (bench) => {
    await pushed(bench);
    await overwrite(bench, 'series/image.tif', flipped(noise(SIZE)));
    assert.equal((await bench.push()).copiedFiles, 1);
    await bench.requireSame();
  },

  'the record folder is left out, and one of that name deeper down is not': async (bench) => {
    await bench.write(`deeper/${RECORD_FOLDER}/data.txt`, 'data');
    await bench.push();
    await add(bench, `${RECORD_FOLDER}/creation.json`);
    await bench.requireSame();
    await add(bench, `deeper/${RECORD_FOLDER}/creation.json`);
    await bench.requireDifference({ extra: [`deeper/${RECORD_FOLDER}/creation.json`] });
  },

  'contents are told by the hash that was promised, or by SHA-256': async (bench) => {
    await pushed(bench);
    const promised = await bench.transport.hashName(bench.signal);
    for (const { path, digest } of (await bench.hash()).files) {
      const content = path === 'other.txt' ? Buffer.from('other') : noise(SIZE);
      assert.ok(digest !== null && digestsOf(content).includes(digest), `${path} has the digest ${String(digest)}`);
      assert.ok(digest.startsWith(`${promised}:`), `${digest} is no ${promised}`);
    }
  },

  'sizes are those of the files': async (bench) => {
    await pushed(bench);
    const sizes = (await bench.hash()).files.map(({ path, size }) => [path, size]);
    assert.deepEqual(Object.fromEntries(sizes), { 'series/image.tif': SIZE, 'other.txt': 5 });
  },

  'how it was read is told, as a grade and in words': async (bench) => {
    await pushed(bench);
    const { evidence, method } = await bench.hash();
    assert.ok(['cached-read', 'read-back', 'remote-hash'].includes(evidence), evidence);
    assert.notEqual(method, '');
  },

  'progress of the reading never goes backwards, and never beyond the run': async (bench) => {
    await makeTree(bench);
    await bench.push();
    const total = (await bench.files()).reduce((sum, file) => sum + file.identity.size, 0);
    const bytes = [0];
    await bench.hash({ onProgress: (progress) => bytes.push(progress.bytes) });
    assert.deepEqual(
      bytes,
      [...bytes].sort((a, b) => a - b),
    );
    assert.ok((bytes.at(-1) ?? 0) <= total, `${String(bytes.at(-1))} of ${total} bytes`);
  },

  'what another run left in the place is told in full': async (bench) => {
    await bench.write('of another run.txt', 'x');
    await bench.push();
    assert.deepEqual(
      (await bench.hash({ target: PLACE, entries: [] })).files.map(({ path }) => path),
      ['of another run.txt'],
    );
  },
};
