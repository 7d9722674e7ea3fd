import assert from 'node:assert/strict';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { NasSyncError } from '../../errors.js';
import { printable } from '../../run/printable.js';
import { ODD_NAMES } from '../odd-names.js';
import { requireFetched, requireOnDisk } from './damage.js';
import type { Bench, Proofs } from './fixture.js';
import { rejection } from './tools.js';

/** Names arrive byte for byte, or are refused by name before a byte is moved. */
export const NAMES: Proofs = {
  'files of every odd name arrive byte for byte, or are refused by name': (bench) =>
    requireNames(bench, (name) => name),

  'folders of every odd name arrive byte for byte, or are refused by name': (bench) =>
    requireNames(bench, (name) => `below/${name}/${name}`),
};

async function requireNames(bench: Bench, pathFor: (name: string) => string): Promise<void> {
  for (const name of Object.values(ODD_NAMES)) await bench.write(pathFor(name), `content of ${name}`);
  const refused = new Set<string>();
  for (let error = await pushFails(bench); error !== null; error = await pushFails(bench)) {
    const { code, message } = error;
    assert.equal(code, 'source_invalid', message);
    const left = Object.values(ODD_NAMES).filter((name) => !refused.has(name));
    const expected = expectedRefusals(bench);
    const named = likeliest(
      left.filter((name) => message.includes(printable(name))),
      expected,
    );
    assert.ok(named !== undefined, `the message names one of the odd names: ${message}`);
    await requireNothingMoved(bench);
    refused.add(named);
    await rm(join(bench.run, pathFor(named).split('/').slice(0, 2).join('/')), { recursive: true });
  }
  assert.deepEqual([...refused].sort(), expectedRefusals(bench), 'exactly the names are refused that were expected');
  await bench.requireSame();
  const paths = (await bench.files()).map((file) => file.path);
  await requireOnDisk(bench, paths);
  await bench.fetch(paths);
  await requireFetched(bench, paths);
}

/** The question before a push, and the push itself, come to the same. */
const pushFails = async (bench: Bench): Promise<NasSyncError | null> => {
  const asked = await refusalOf(bench.holds());
  const pushed = await refusalOf(bench.push());
  assert.equal(asked?.message, pushed?.message, 'requireHolds() refuses what push() refuses, and nothing else');
  return pushed;
};

const refusalOf = (asking: Promise<unknown>): Promise<NasSyncError | null> =>
  asking.then(
    () => null,
    () => rejection(asking),
  );

const expectedRefusals = ({ target: { refusesNames = [] } }: Bench): string[] =>
  refusesNames.map((name): string => ODD_NAMES[name]).sort();

/** A name of one character stands in most messages; and as printed, two of the names look alike. */
function likeliest(names: readonly string[], expected: readonly string[]): string | undefined {
  const rank = (name: string): number => printable(name).length * 2 + (expected.includes(name) ? 1 : 0);
  return [...names].sort((a, b) => rank(b) - rank(a)).at(0);
}

async function requireNothingMoved(bench: Bench): Promise<void> {
  const { files } = await bench.hash();
  assert.deepEqual(files, [], 'no file has arrived before the name was refused');
  const folder = bench.onServer();
  if (folder === null) return;
  const there = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  assert.deepEqual(
    there.filter((entry) => entry.isFile()),
    [],
    'nor a part of one',
  );
}
