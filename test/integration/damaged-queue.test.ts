import { copyFileSync, existsSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { describe, expect, it, test } from 'vitest';
import { documentOf, Workplace } from './cli-workstation.js';

const queueOf = (lab: Workplace): string => join(lab.root, 'queue.db');

/** A queue with one proven run, all of it in one file. */
async function provenQueue(lab: Workplace): Promise<string> {
  const run = await lab.run('Run_1');
  await lab.cli('sync', run);
  const database = new SqliteDatabase(queueOf(lab));
  database.pragma('wal_checkpoint(TRUNCATE)');
  database.close();
  return run;
}

function change(lab: Workplace, sql: string): void {
  const database = new SqliteDatabase(queueOf(lab));
  database.exec(sql);
  database.close();
}

const SPOILED: [string, (file: string) => void][] = [
  ['0 bytes', (file) => writeFileSync(file, '')],
  ['1 byte', (file) => writeFileSync(file, 'S')],
  ['a text', (file) => writeFileSync(file, 'these are the notes of last week')],
  ['a file that was cut', (file) => truncateSync(file, 5000)],
  [
    'a file whose first page is noise',
    (file) => {
      const bytes = readFileSync(file);
      writeFileSync(file, bytes.fill(0xaa, 100, 4096));
    },
  ],
];

describe('a damaged queue', () => {
  test.each(SPOILED)('of %s is told in one line: what is safe, and how to begin anew', async (_, spoil) => {
    const lab = new Workplace();
    const run = await provenQueue(lab);
    spoil(queueOf(lab));
    const before = readFileSync(queueOf(lab));
    for (const command of [['status'], ['sync', run]]) {
      const { exitCode, stdout, stderr } = await lab.cli(...command);
      expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
      expect(stderr).toMatch(/^nas-sync: the queue .*queue\.db is damaged .* No run is lost.*`nas-sync rebuild`/u);
      expect(stderr.split('\n')).toHaveLength(1);
    }
    expect(readFileSync(queueOf(lab))).toEqual(before);
  });

  it('of which one page was flipped is found by doctor', async () => {
    const lab = new Workplace();
    await provenQueue(lab);
    const bytes = readFileSync(queueOf(lab));
    const pages = bytes.length / 4096;
    for (const page of [Math.floor(pages / 2), pages - 2]) bytes.fill(0xaa, page * 4096, page * 4096 + 200);
    writeFileSync(queueOf(lab), bytes);
    const { exitCode, stdout, stderr } = await lab.cli('doctor');
    expect(exitCode).toBe(1);
    expect(stdout + stderr).toMatch(/is damaged/u);
  });

  it('that is whole passes doctor', async () => {
    const lab = new Workplace();
    await provenQueue(lab);
    expect((await lab.cli('doctor')).stdout).toContain('holds together');
  });

  it('of another program is left as it is', async () => {
    const lab = new Workplace();
    const database = new SqliteDatabase(queueOf(lab));
    database.exec('CREATE TABLE bookmarks (url TEXT)');
    database.close();
    const before = readFileSync(queueOf(lab));
    const { exitCode, stderr } = await lab.cli('status');
    expect(exitCode).toBe(1);
    expect(stderr).toContain('the database of another program (it holds the table bookmarks)');
    expect(readFileSync(queueOf(lab))).toEqual(before);
  });
});

describe('a damaged row', () => {
  it('of a job is told, with a non-zero exit status', async () => {
    const lab = new Workplace();
    await provenQueue(lab);
    change(lab, "UPDATE jobs SET snapshot = '{'");
    const { exitCode, stderr } = await lab.cli('status');
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/the stored state of .*Run_1 cannot be read/u);
  });

  test.each([
    ["UPDATE proof_files SET sha256 = replace(sha256, substr(sha256, 1, 1), '0') || ''", 'another hash'],
    ['DELETE FROM proof_files', 'no files'],
  ])('of a proof makes no document: %s', async (sql) => {
    const lab = new Workplace();
    const run = await provenQueue(lab);
    change(lab, sql);
    const { exitCode, stdout, stderr } = await lab.cli('proof', run);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toContain('the stored proof of');
    expect(stderr).toContain('is damaged');
  });
});

describe('--db with a slip of the pen', () => {
  test.each(['history', 'explain', 'proof', 'verify', 'retry', 'cancel', 'clean'])(
    'is told by %s, and makes no queue',
    async (command) => {
      const lab = new Workplace();
      const run = await provenQueue(lab);
      const typo = join(lab.root, 'typo.db');
      const { exitCode, stderr } = await lab.cli('--db', typo, command, run);
      expect(exitCode).toBe(1);
      expect(stderr).toContain(`there is no queue at ${typo}; check --db`);
      expect(existsSync(typo)).toBe(false);
    },
  );

  it('is told by status, which makes no queue either', async () => {
    const lab = new Workplace();
    const typo = join(lab.root, 'typo.db');
    const answer = await lab.cli('--db', typo, 'status', '--json');
    expect(documentOf(answer)).toEqual({ jobs: [] });
    expect(answer.stderr).toContain(`there is no queue at ${typo}, and none was made; check --db`);
    expect(existsSync(typo)).toBe(false);
  });

  it('a copy under the right name is read', async () => {
    const lab = new Workplace();
    await provenQueue(lab);
    copyFileSync(queueOf(lab), join(lab.root, 'copy.db'));
    const answer = await lab.cli('--db', join(lab.root, 'copy.db'), 'status', '--json');
    expect(documentOf(answer)).toMatchObject({ jobs: [{ state: 'verified' }] });
  });
});
