import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { NasSyncError, SourceChanged } from '../../errors.js';
import { digestsOf } from './digests.js';
import type { Bench, Proofs } from './fixture.js';
import { noise } from './tools.js';

const FILES = 8;
const FILE_BYTES = 512 * 1024;
/** Slow enough that a push of all takes some seconds. */
const CAP_KIBPS = 1024;
const PATIENCE_MS = 1500;

/** A push that is told to stop once its first bytes have moved. */
async function abortedPush(bench: Bench): Promise<void> {
  for (let file = 0; file < FILES; file += 1) await bench.write(`image ${file}.tif`, noise(FILE_BYTES, file + 1));
  const stop = new AbortController();
  const reason = new Error('stopped by the test');
  // For a transport that tells of no progress before a file is whole.
  const impatience = setTimeout(() => stop.abort(reason), PATIENCE_MS);
  const pushing = bench.push({
    signal: stop.signal,
    capKiBps: () => CAP_KIBPS,
    onProgress: ({ bytes }) => bytes > 0 && stop.abort(reason),
  });
  await assert.rejects(pushing, (error) => error === reason, 'it rejects with the reason of the signal');
  clearTimeout(impatience);
}

/** A push of entries that were listed before the file took its new content. */
async function pushOfStaleList(bench: Bench, content: string): Promise<unknown> {
  await bench.write('changing.txt', 'as listed');
  const entries = await bench.entries();
  await writeFile(join(bench.run, 'changing.txt'), content);
  return bench.push({ entries }).then(
    () => null,
    (error: unknown) => error,
  );
}

/** What ends or changes under a push. */
export const INTERRUPTED: Proofs = {
  'a push that is stopped ends with the reason of its signal': abortedPush,

  'no half file stands under its name after a push was stopped': async (bench) => {
    await abortedPush(bench);
    const { mismatched, extra } = await bench.comparison();
    if (bench.target.writesInPlace !== true) assert.deepEqual(mismatched, []);
    assert.deepEqual(extra, []);
  },

  'a push after one that was stopped completes the run': async (bench) => {
    await abortedPush(bench);
    await bench.push();
    await bench.requireSame();
  },

  'a file that changes after it was listed arrives whole, or the push is put off': async (bench) => {
    const error = await pushOfStaleList(bench, 'as it is now, which is longer');
    if (error !== null) {
      requirePutOff(error);
      return;
    }
    const [there] = (await bench.hash()).files;
    const versions = ['as listed', 'as it is now, which is longer'].flatMap((text) => digestsOf(Buffer.from(text)));
    assert.ok(there?.digest != null && versions.includes(there.digest), 'the target holds one of the two versions');
  },

  'a run that changed under a push arrives with the next one': async (bench) => {
    await pushOfStaleList(bench, 'as it is now, which is longer');
    await bench.push();
    await bench.requireSame();
  },
};

function requirePutOff(error: unknown): void {
  const known =
    error instanceof SourceChanged || (error instanceof NasSyncError && error.code === 'local_file_vanished');
  assert.ok(known, `the push is put off, and not failed by ${String(error)}`);
}
