import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { NasSyncError } from '../../errors.js';
import { CANARY_PREFIX } from '../../transports/transport.js';
import { requireFetched } from './damage.js';
import { PLACE, type Bench, type Proofs } from './fixture.js';
import { makeTree } from './push.js';
import { rejection } from './tools.js';

const META = `${PLACE}/.exlab-wizard/creation.json`;
const EVERY_BYTE = Uint8Array.from({ length: 256 }, (_, byte) => byte);

const write = ({ transport, signal }: Bench, data: Uint8Array, exclusive = false): Promise<void> =>
  transport.writeMeta(META, data, { exclusive }, signal);

async function requireMeta({ transport, signal }: Bench, data: Uint8Array): Promise<void> {
  const read = await transport.readMeta(META, signal);
  assert.ok(read !== null && Buffer.from(read).equals(data), 'what was written is read');
}

/** Small files beside a run. */
export const META_FILES: Proofs = {
  'a small file that is not there is null, also in a place that does not exist': async (bench) => {
    assert.equal(await bench.transport.readMeta(META, bench.signal), null);
    await bench.write('a.txt', 'a');
    await bench.push();
    assert.equal(await bench.transport.readMeta(META, bench.signal), null);
  },

  'a small file of any bytes is read as it was written': async (bench) => {
    await write(bench, EVERY_BYTE);
    await requireMeta(bench, EVERY_BYTE);
  },

  'an empty small file is empty, and there': async (bench) => {
    await write(bench, new Uint8Array());
    await requireMeta(bench, new Uint8Array());
  },

  'a small file replaces the one before': async (bench) => {
    await write(bench, EVERY_BYTE);
    await write(bench, Buffer.from('shorter'));
    await requireMeta(bench, Buffer.from('shorter'));
  },

  'an exclusive write makes a file where there is none': async (bench) => {
    await write(bench, EVERY_BYTE, true);
    await requireMeta(bench, EVERY_BYTE);
  },

  'an exclusive write refuses a name that is taken, and leaves the file as it is': async (bench) => {
    await write(bench, EVERY_BYTE);
    assert.equal((await rejection(write(bench, Buffer.from('other'), true))).code, 'target_conflict');
    await requireMeta(bench, EVERY_BYTE);
  },

  'of two exclusive writes at once, one is refused and the other is whole': async (bench) => {
    const data = [EVERY_BYTE, Buffer.from('another')];
    const ends = await Promise.allSettled(data.map((each) => write(bench, each, true)));
    const first = data.filter((_, index) => ends[index]?.status === 'fulfilled');
    if (bench.target.tellsFirstWriter !== false) assert.equal(first.length, 1);
    const there = await bench.transport.readMeta(META, bench.signal);
    assert.ok(
      first.some((each) => there !== null && Buffer.from(each).equals(there)),
      'the file is one of theirs, and whole',
    );
  },

  'a small file leaves nothing beside it': async (bench) => {
    await write(bench, EVERY_BYTE);
    const folder = bench.onServer('.exlab-wizard');
    if (folder !== null) assert.deepEqual(await readdir(folder), ['creation.json']);
  },
};

const fetchedNames = async (bench: Bench): Promise<string[]> => {
  const entries = await readdir(bench.fetched(), { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return files.map((entry) => `${entry.parentPath}/${entry.name}`.slice(bench.fetched().length + 1)).sort();
};

/** Bringing files back. */
export const FETCH: Proofs = {
  'exactly the files that are asked for come back': async (bench) => {
    await makeTree(bench);
    await bench.push();
    const paths = ['empty.txt', 'series/plane 1/a.tif'];
    const { files, bytes } = await bench.fetch(paths);
    assert.deepEqual({ files, bytes }, { files: 2, bytes: 20_000 });
    assert.deepEqual(await fetchedNames(bench), paths);
    await requireFetched(bench, paths);
  },

  'a file that comes back takes the place of another one': async (bench) => {
    await bench.write('a.txt', 'as it is');
    await bench.push();
    await bench.fetch(['a.txt']);
    await bench.write('a.txt', 'as it will be');
    await bench.push();
    await bench.fetch(['a.txt']);
    assert.equal(await readFile(bench.fetched('a.txt'), 'utf8'), 'as it will be');
  },

  'a file that is not on the target is a failure': async (bench) => {
    await bench.write('a.txt', 'a');
    await bench.push();
    await rejection(bench.fetch(['a.txt', 'is not there.txt']));
  },

  'a place that is not on the target is a failure': async (bench) => {
    await rejection(bench.fetch(['a.txt'], { target: 'SCOPE/never pushed' }));
  },
};

/** The one removal. */
export const CANARY: Proofs = {
  'a canary is removed with all that it holds, and nothing else is': async (bench) => {
    const target = `${CANARY_PREFIX}${randomUUID()}`;
    await makeTree(bench);
    await bench.push();
    await bench.push({ target });
    await bench.transport.writeMeta(`${target}/.exlab-wizard/x`, EVERY_BYTE, { exclusive: true }, bench.signal);
    await bench.transport.removeCanary(target, bench.signal);
    const { files, folders } = await bench.hash({ target });
    assert.deepEqual({ files, folders }, { files: [], folders: [] });
    assert.equal(await bench.transport.readMeta(`${target}/.exlab-wizard/x`, bench.signal), null);
    await bench.requireSame();
  },

  'removing a canary that is gone is no failure': async ({ transport, signal }) => {
    await transport.removeCanary(`${CANARY_PREFIX}${randomUUID()}`, signal);
  },

  'the removal of anything but a canary is refused': async (bench) => {
    await bench.write('a.txt', 'a');
    await bench.push();
    const uuid = randomUUID();
    const names = [PLACE, '', '.', CANARY_PREFIX, `${CANARY_PREFIX}${uuid}/..`, `x/${CANARY_PREFIX}${uuid}`];
    for (const name of names) {
      const remove = async (): Promise<void> => bench.transport.removeCanary(name, bench.signal);
      await assert.rejects(remove, (error) => error instanceof NasSyncError && error.code === 'usage', name);
    }
    await bench.requireSame();
  },
};
