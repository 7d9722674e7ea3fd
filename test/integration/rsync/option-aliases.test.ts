import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { differences, sha256sumCheck } from '../../support/lab.js';
import { TREE } from '../pass/damage.js';
import { RsyncLab } from './rsync-lab.js';

const HOSTILE: Readonly<Record<string, string>> = {
  RSYNC_PARTIAL_DIR: 'elsewhere',
  RSYNC_ICONV: 'utf8,iso88591',
  RSYNC_CHECKSUM_LIST: 'none',
  RSYNC_PROTECT_ARGS: '0',
  POSIXLY_CORRECT: '1',
};

const before = { ...process.env };

beforeEach(() => Object.assign(process.env, HOSTILE));
afterEach(() => {
  for (const name of [...Object.keys(HOSTILE), 'HOME']) delete process.env[name];
  Object.assign(process.env, before);
});

function writeAliases(home: string, lines: readonly string[]): void {
  mkdirSync(home, { recursive: true });
  writeFileSync(join(home, '.popt'), lines.map((line) => `rsync alias ${line}\n`).join(''));
}

describe('an rsync whose options were given other meanings', () => {
  it.each([
    '--perms --perms --remove-source-files',
    '--times --times --remove-source-files',
    '--links --links --delete',
  ])('copies and proves a run, and deletes nothing, where the home folder here has the alias %s', async (alias) => {
    const lab = await RsyncLab.with('gnu');
    const run = await lab.makeRun({ ...TREE, 'späte Datei.txt': 'ü' });
    process.env['HOME'] = lab.at('home');
    writeAliases(lab.at('home'), [alias]);

    const { jobId } = await lab.sync(run);

    expect(await lab.client.job(jobId)).toMatchObject({ state: 'verified' });
    expect(await differences(run, lab.onNas(run))).toBe('');
    await sha256sumCheck(lab.onNas(run));
  });
});
