import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openStore } from '#dist/persistence/store.js';
import { newBench } from './bench.js';
import { child, dyingAtStatement, opening } from './child.js';
import { statementsOf } from './statements.js';

function emptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'nas-sync-open-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Waits for the same moment as the others, then opens the store and adds a job of its own. */
const openingAt = (file: string, moment: number, name: string): string => `
  while (Date.now() < ${moment}) ;
  ${opening(file)}
  await store.jobs.add({ runPath: ${JSON.stringify(name)}, equipmentId: 'LANE', targetPlace: 'nas', targetPath: ${JSON.stringify(name)}, nasPath: null, at: 1 });
  console.log((await store.jobs.list()).length);
  await store.close();`;

describe('a database that is not there yet', () => {
  test('is made, with the folders above it', async () => {
    const file = join(emptyFolder(), 'state', 'nas-sync', 'queue.sqlite');
    const store = await openStore(file);
    onTestFinished(() => store.close());
    expect(existsSync(file)).toBe(true);
    expect(await store.jobs.list()).toEqual([]);
  });

  test('is made once by 4 processes that open it at the same moment', async () => {
    for (let round = 0; round < 5; round += 1) {
      const file = join(emptyFolder(), 'queue.sqlite');
      const moment = Date.now() + 400;
      const names = ['a', 'b', 'c', 'd'];
      await Promise.all(names.map((name) => child(openingAt(file, moment, name)).ended()));
      const store = await openStore(file);
      expect((await store.jobs.list()).map(({ runPath }) => runPath).sort()).toEqual(names);
      await store.close();
    }
  });

  test('is finished by the next start when the first was killed at any of its statements', async () => {
    const statements = (await statementsOf(() => openStore(join(emptyFolder(), 'queue.sqlite')))).length;
    expect(statements).toBeGreaterThan(10);
    const files = Array.from({ length: statements }, () => join(emptyFolder(), 'queue.sqlite'));
    await Promise.all(files.map((file, index) => child(dyingAtStatement(index + 1) + opening(file)).died()));
    for (const file of files) await (await openStore(file)).close();
    // A process for each statement, and each migration brings some more.
  }, 120_000);
});

describe('a database that is there', () => {
  test('is opened as it was left', async () => {
    const bench = await newBench();
    const { jobId } = await bench.add('LANE', 'Run_1');
    const again = await openStore(bench.file);
    onTestFinished(() => again.close());
    expect(await again.jobs.find(jobId)).toMatchObject({ runPath: '/data/LANE/Run_1', state: 'queued' });
  });

  test('is refused when a newer release has migrated it, and left untouched', async () => {
    const bench = await newBench();
    bench.tamper("INSERT INTO kysely_migration (name, timestamp) VALUES ('9999-later', '2030-01-01T00:00:00.000Z')");
    const before = bench.all('SELECT * FROM sqlite_master');
    await expect(openStore(bench.file)).rejects.toMatchObject({
      code: 'store_newer',
      retryable: false,
      message: expect.stringMatching(/^[^\n]*newer release[^\n]*update[^\n]*$/) as string,
    });
    expect(bench.all('SELECT * FROM sqlite_master')).toEqual(before);
  });
});

describe('what cannot be opened says so in one line, with the path and what to do', () => {
  const refused = (file: string) => ({
    code: 'store_unavailable',
    message: expect.stringMatching(new RegExp(`^[^\\n]*${file}[^\\n]*$`)) as string,
  });

  test('a folder', async () => {
    const file = join(emptyFolder(), 'queue.sqlite');
    mkdirSync(file);
    await expect(openStore(file)).rejects.toMatchObject(refused(file));
  });

  test('a file that is no database; it is left as it is', async () => {
    const file = join(emptyFolder(), 'queue.sqlite');
    writeFileSync(file, 'a thesis, not a database\n'.repeat(200));
    await expect(openStore(file)).rejects.toMatchObject(refused(file));
  });

  test('a path below a file', async () => {
    const below = join(emptyFolder(), 'file');
    writeFileSync(below, '');
    await expect(openStore(join(below, 'queue.sqlite'))).rejects.toMatchObject(refused(below));
  });
});
