import assert from 'node:assert/strict';
import { RECORD_FOLDER } from '../../run/record/record-folder.js';
import type { PlaceListing } from '../../transports/transport.js';
import { ODD_NAMES } from '../odd-names.js';
import { add, buryDeep, overwrite, remove, replaceByFolder } from './damage.js';
import { PLACE, type Bench, type Proofs } from './fixture.js';
import { makeTree } from './push.js';
import { noise, rejection } from './tools.js';

const SIZE = 50_000;

async function pushed(bench: Bench): Promise<void> {
  await bench.write('series/image.tif', noise(SIZE));
  await bench.write('other.txt', 'other');
  await bench.push();
  await requireFiles(bench, { 'series/image.tif': SIZE, 'other.txt': 5 });
}

const listed = ({ transport, signal }: Bench): Promise<PlaceListing> => transport.list(PLACE, signal);

async function requireFiles(bench: Bench, sizes: Readonly<Record<string, number>>): Promise<void> {
  const { files } = await listed(bench);
  assert.equal(files.length, Object.keys(sizes).length, 'each file is told once');
  assert.deepEqual(Object.fromEntries(files.map(({ path, size }) => [path, size])), sizes);
}

/** In an order of their own, and each by what both kinds of listing tell. */
const names = ({ files, links, folders, others }: PlaceListing) => ({
  files: files.map(({ path, size }) => `${size} ${path}`).sort(),
  links: links.map(({ path, linkTo }) => `${path}\0${linkTo}`).sort(),
  folders: [...folders].sort(),
  others: [...others].sort(),
});

/** What stands at the place, without its contents. */
export const LIST: Proofs = {
  'a listing names exactly what a reading names': async (bench) => {
    await makeTree(bench);
    if (bench.transport.keepsLinks) await bench.link('series/latest.tif', 'plane 1/a.tif');
    await bench.push();
    await add(bench, 'of nobody.txt');
    assert.deepEqual(names(await listed(bench)), names(await bench.hash()));
  },

  'a listing tells what was pushed: files, empty ones, folders, links': async (bench) => {
    await makeTree(bench);
    if (bench.transport.keepsLinks) await bench.link('series/latest.tif', 'plane 1/a.tif');
    await bench.push();
    const entries = await bench.entries();
    const files = entries.filter((entry) => entry.kind === 'file');
    const links = entries.filter((entry) => entry.kind === 'link');
    const folders = entries.filter((entry) => entry.kind === 'folder').map(({ path }) => path);
    const sized = files.map(({ path, identity }) => ({ path, size: identity.size }));
    assert.deepEqual(names(await listed(bench)), names({ files: sized, links, folders, others: [] }));
  },

  'a listing tells odd names of files and folders byte for byte': async (bench) => {
    const { refusesNames = [] } = bench.target;
    const refused = new Set<string>(refusesNames.map((name) => ODD_NAMES[name]));
    const odd = Object.values(ODD_NAMES).filter((name) => !refused.has(name));
    for (const name of odd) await bench.write(`below/${name}/${name}`, name);
    await bench.push();
    const { files, folders } = await listed(bench);
    const paths = odd.map((name) => `below/${name}/${name}`);
    assert.deepEqual(files.map(({ path }) => path).sort(), paths.sort());
    assert.deepEqual([...folders].sort(), ['below', ...odd.map((name) => `below/${name}`)].sort());
  },

  'a listing misses a file at once when it is gone': async (bench) => {
    await pushed(bench);
    if (await remove(bench, 'other.txt')) await requireFiles(bench, { 'series/image.tif': SIZE });
  },

  'a listing tells a file at once when it was added': async (bench) => {
    await pushed(bench);
    await add(bench, 'series/added.txt');
    await requireFiles(bench, { 'series/image.tif': SIZE, 'other.txt': 5, 'series/added.txt': 14 });
  },

  'a listing tells the new size of a file that was cut short': async (bench) => {
    await pushed(bench);
    await overwrite(bench, 'series/image.tif', noise(SIZE).subarray(0, SIZE - 1));
    await requireFiles(bench, { 'series/image.tif': SIZE - 1, 'other.txt': 5 });
  },

  'a listing tells a file that became empty': async (bench) => {
    await pushed(bench);
    await overwrite(bench, 'other.txt', new Uint8Array());
    await requireFiles(bench, { 'series/image.tif': SIZE, 'other.txt': 0 });
  },

  'a listing tells a folder in the place of a file': async (bench) => {
    await pushed(bench);
    if (!(await replaceByFolder(bench, 'other.txt'))) return;
    await requireFiles(bench, { 'series/image.tif': SIZE, 'other.txt/inside': 6 });
    assert.ok((await listed(bench)).folders.includes('other.txt'));
  },

  'a listing leaves out the record folder, and not one of that name deeper down': async (bench) => {
    await bench.write(`deeper/${RECORD_FOLDER}/data.txt`, 'data');
    await bench.push();
    await add(bench, `${RECORD_FOLDER}/creation.json`);
    await requireFiles(bench, { [`deeper/${RECORD_FOLDER}/data.txt`]: 4 });
    assert.deepEqual([...(await listed(bench)).folders].sort(), ['deeper', `deeper/${RECORD_FOLDER}`]);
  },

  'a listing of a place that does not exist holds nothing': async (bench) => {
    await pushed(bench);
    const { files, links, folders, others } = await bench.transport.list('SCOPE/never pushed', bench.signal);
    assert.deepEqual({ files, links, folders, others }, { files: [], links: [], folders: [], others: [] });
  },

  'a listing that cannot be told in full is a failure, and no shorter listing': async (bench) => {
    if (bench.target.listsInFull === false) return;
    await pushed(bench);
    const buried = await buryDeep(bench);
    if (buried === null) return;
    const listing = listed(bench);
    try {
      const files = await listing.then(
        ({ files }) => files,
        () => null,
      );
      if (files === null) await rejection(listing);
      else
        assert.ok(
          files.some(({ path }) => path === buried.path),
          'what lies deepest is told, or nothing is',
        );
    } finally {
      await buried.bringUp();
    }
  },

  'a listing of one place tells nothing of another one whose name begins like it': async (bench) => {
    await pushed(bench);
    await bench.push({ target: `${PLACE} again` });
    await requireFiles(bench, { 'series/image.tif': SIZE, 'other.txt': 5 });
  },
};
