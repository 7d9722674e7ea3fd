import { mkdirSync } from 'node:fs';
import type { FetchRequest } from 'nas-sync';
import { ODD_NAMES } from 'nas-sync/testing';
import { describe, expect, it } from 'vitest';
import { differences, listing, noise } from '../../support/lab.js';
import { FLAVOURS, RsyncLab } from './rsync-lab.js';

const TREE = {
  'a.bin': noise(300_000),
  'd/e/empty': '',
  ...Object.fromEntries(Object.values(ODD_NAMES).map((name, index) => [`odd/${name}`, `content ${index}`])),
};

describe.each(FLAVOURS)('from a server with a %s account', (flavour) => {
  it('files come back byte for byte, whatever they are called', async () => {
    const lab = await RsyncLab.with(flavour);
    const run = await lab.makeRun(TREE);
    await lab.sync(run);
    const request = fetchInto(lab, Object.keys(TREE));

    const result = await lab.transport().fetch(request);

    expect(result.files).toBe(Object.keys(TREE).length);
    expect(await differences(request.into, run)).toBe(`Only in ${run}: .exlab-wizard`);
  });

  it('a file that is not there is a failure that names it', async () => {
    const lab = await RsyncLab.with(flavour);
    await lab.sync(await lab.makeRun({ 'a.txt': 'a' }));
    const request = fetchInto(lab, ['a.txt', 'permission denied.txt']);

    await expect(lab.transport().fetch(request)).rejects.toThrow(/permission denied\.txt/);
  });
});

it('only what was asked for comes back', async () => {
  const lab = await RsyncLab.with('gnu');
  await lab.sync(await lab.makeRun(TREE));
  const request = fetchInto(lab, ['d/e/empty']);

  await lab.transport().fetch(request);

  expect(listing(request.into)).toEqual(['d/', 'd/e/', 'd/e/empty']);
});

function fetchInto(lab: RsyncLab, paths: readonly string[]): FetchRequest {
  const into = lab.at('back');
  mkdirSync(into);
  return {
    ...{ target: 'Run_1', paths, into, capKiBps: () => null },
    ...{ signal: new AbortController().signal, onProgress: () => undefined },
  };
}
