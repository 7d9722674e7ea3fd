import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunEntry } from 'nas-sync';
import { expect, it } from 'vitest';
import { differences, Lab, listing, sha256sumCheck } from '../../support/lab.js';
import * as odd from '../mount/odd-names.js';
import { REMOTES, remoteOf, type RemoteName } from './remotes.js';
import { pushing } from './requests.js';

const ODD_NAMES: Readonly<Record<string, string>> = odd.ODD_NAMES;
const LINE_BREAKS = ['newline', 'carriage return', 'carriage return and newline at the end'];
/** What each remote cannot hold under its own name. Measured: all else arrives byte for byte. */
const REFUSED: Readonly<Record<RemoteName, readonly string[]>> = {
  local: LINE_BREAKS,
  sftp: [...LINE_BREAKS, 'tab'],
  webdav: [...LINE_BREAKS, 'tab'],
  smb: [
    ...[...LINE_BREAKS, 'tab', 'a question mark and brackets', 'an asterisk', 'double quote'],
    ...['a space behind', 'only a space', 'three dots'],
    ...['backslash', 'what looks like a byte', 'what looks like an escaped newline'],
  ],
};

const namesIn = (folder: string): string[] =>
  readdirSync(folder, { encoding: 'buffer' })
    .map((name) => name.toString('hex'))
    .sort();

it.each(REMOTES)('%s: refuses each name that it cannot hold, by name, before a byte moves', async (name) => {
  const remote = await remoteOf(name, new Lab());
  const transport = remote.transport();
  for (const what of REFUSED[name]) {
    const entries: RunEntry[] = [{ kind: 'folder', path: `below/${ODD_NAMES[what]!}`, mode: 0o755, mtimeNs: '0' }];
    await expect(transport.push(pushing(entries)), what).rejects.toMatchObject({
      code: 'source_invalid',
      message: expect.stringMatching(/^"below\/.*" .*; rename it/u),
    });
  }
  expect(listing(remote.disk)).toEqual([]);
});

it.each(REMOTES)('%s: brings every other odd name byte for byte, as a file and as a folder', async (name) => {
  const lab = new Lab();
  const remote = await remoteOf(name, lab);
  const names = Object.entries(ODD_NAMES).flatMap(([what, given]) => (REFUSED[name].includes(what) ? [] : [given]));
  const run = await lab.makeRun({});
  for (const given of names) {
    writeFileSync(join(run, given), given);
    mkdirSync(join(run, 'below', given), { recursive: true });
    writeFileSync(join(run, 'below', given, given), 'deeper');
    mkdirSync(join(run, 'empty', given), { recursive: true });
  }

  const job = await lab.sync(run, lab.open({ transport: remote.transport() }));

  expect(job).toMatchObject({ state: 'verified', files: names.length * 2, lastError: null });
  for (const below of ['.', 'below', 'empty']) {
    expect(namesIn(remote.onDisk(run, below))).toEqual(namesIn(join(run, below)));
  }
  expect(await differences(run, remote.onDisk(run))).toBe('');
  await sha256sumCheck(remote.onDisk(run));
});

it.each(REMOTES)('%s: refuses a run whose own folder cannot be named so on the target', async (name) => {
  const lab = new Lab();
  const remote = await remoteOf(name, lab);
  const target = 'project\u201b/Run_1';

  await expect(remote.transport().push(pushing([], { target }))).rejects.toMatchObject({
    code: 'source_invalid',
    message: expect.stringContaining('project‛/Run_1'),
  });
});

it('smb: refuses names that differ in capitals only', async () => {
  const remote = await remoteOf('smb', new Lab());
  const file = (path: string): RunEntry => ({ kind: 'folder', path, mode: 0o755, mtimeNs: '0' });

  await expect(remote.transport().push(pushing([file('Data'), file('data')]))).rejects.toMatchObject({
    code: 'source_invalid',
    message: expect.stringContaining('"data" and "Data" are one name'),
  });
});
