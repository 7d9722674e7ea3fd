import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { openDatabase } from '#dist/persistence/database.js';
import { transact } from '#dist/persistence/immediate-dialect.js';
import { insertProof, type NewProof } from '#dist/persistence/proof-store.js';
import { openStore } from '#dist/persistence/store.js';
import { expect, onTestFinished, test } from 'vitest';
import { proofOf } from '../../model/journey.js';

function emptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'nas-sync-upgrade-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Takes the queue back to the release before modes were remembered. */
function beforeModes(db: Sqlite.Database): void {
  db.exec(`
    ALTER TABLE proof_files DROP COLUMN mode;
    ALTER TABLE proof_shapes DROP COLUMN mode;
    ALTER TABLE proof_shapes DROP COLUMN mtime_ns;
    DELETE FROM kysely_migration WHERE name > '0005-names';
  `);
}

/** Takes the queue back to what the first migration made of it. */
function asOfTheFirstRelease(file: string): void {
  const db = new Sqlite(file);
  db.exec('ALTER TABLE digests DROP COLUMN other_hash; ALTER TABLE proof_files DROP COLUMN other_hash');
  beforeModes(db);
  db.exec(`
    ALTER TABLE proofs DROP COLUMN steady_at;
    ALTER TABLE proofs DROP COLUMN seq;
    DROP TABLE proof_shapes;
    DROP TABLE steady_clock;
    DROP TABLE queue_identity;
    DROP TABLE planned_seals;
    DROP TABLE removed_files;
    DROP TABLE pushed_names;
    DROP TABLE grants;
    DROP TABLE spared_files;
    ALTER TABLE proofs DROP COLUMN stable_sha256;
    ALTER TABLE proofs DROP COLUMN excluded;
    ALTER TABLE workers DROP COLUMN namespace;
    DROP INDEX jobs_due;
    CREATE INDEX jobs_due ON jobs (equipment_id, due_at, id) WHERE state IN ('queued', 'awaiting_verify')
      AND due_at IS NOT NULL AND lease_owner IS NULL AND set_aside IS NULL;
    DELETE FROM kysely_migration WHERE name > '0001-queue';
  `);
  db.close();
}

async function jobIn(file: string): Promise<string> {
  const store = await openStore(file);
  const place = { targetPlace: 'nas', targetPath: 'run', nasPath: null };
  const { job } = await store.jobs.add({ runPath: '/run', equipmentId: 'LANE', ...place, at: 1 });
  await store.close();
  return job.jobId;
}

test('a queue of the first release keeps what it has read, with no other hash', async () => {
  const file = join(emptyFolder(), 'queue.db');
  const first = await openStore(file);
  const { job } = await first.jobs.add({
    runPath: '/run',
    equipmentId: 'LANE',
    targetPlace: 'nas',
    targetPath: 'run',
    nasPath: null,
    at: 1,
  });
  const read = { path: 'a', size: 1, mtimeNs: '1', ctimeNs: '2', dev: '3', ino: '4', sha256: 'a'.repeat(64) };
  await first.digests.save(job.jobId, [{ ...read, other: 'md5:x' }]);
  await first.close();
  asOfTheFirstRelease(file);

  const store = await openStore(file);
  onTestFinished(() => store.close());

  expect(await store.digests.load(job.jobId)).toEqual([{ ...read, other: null }]);
});

test('a proof gives back the modes and times that it remembers, each where it was, and none for a link', async () => {
  const file = join(emptyFolder(), 'queue.db');
  const jobId = await jobIn(file);
  const [one] = proofOf(jobId, 'p').files;
  const files = [0o600, 0o100755, null, 0].map((mode, index) => ({ ...one!, path: `f${index}`, mode }));
  const folder = { path: 'd', kind: 'folder', linkTo: '', mode: 0o2750, mtimeNs: '1700000000123456789' } as const;
  const link = { path: 'l', kind: 'link', linkTo: 'f0', mode: null, mtimeNs: null } as const;
  const proof: NewProof = { ...proofOf(jobId, 'p'), files, shape: [folder, link] };
  await stored(file, proof);

  const store = await openStore(file);
  onTestFinished(() => store.close());

  expect(await store.proofs.newest(jobId)).toMatchObject({ files, shape: [folder, link] });
});

test.each([
  { found: 'the same', stableSha256: 'd'.repeat(64), time: '5' },
  { found: 'something else', stableSha256: 'c'.repeat(64), time: '77' },
])('a folder has the time of the first pass of those that found $found', async ({ stableSha256, time }) => {
  const file = join(emptyFolder(), 'queue.db');
  const jobId = await jobIn(file);
  const first = proofOf(jobId, 'first');
  const shape = first.shape.map((known) => ({ ...known, mode: 0o700, mtimeNs: '77' }));
  const came = { path: 'sub/new', kind: 'folder', linkTo: '', mode: 0o755, mtimeNs: '88' } as const;
  await stored(file, first);
  await stored(file, { ...proofOf(jobId, 'second'), stableSha256, shape: [...shape, came] });

  const store = await openStore(file);
  onTestFinished(() => store.close());

  const { shape: kept } = (await store.proofs.newest(jobId))!;
  expect(kept.map(({ path, mode, mtimeNs }) => [path, mode, mtimeNs])).toEqual([
    ['sub', 0o700, time],
    ['sub/new', 0o755, '88'],
  ]);
  expect(rowsOf(file)).toEqual({ files: 1, shapes: 2 });
});

test('a proof of a release that remembered no modes is whole, and knows none', async () => {
  const file = join(emptyFolder(), 'queue.db');
  const jobId = await jobIn(file);
  const proof = proofOf(jobId, 'p');
  await stored(file, proof);
  const raw = new Sqlite(file);
  beforeModes(raw);
  raw.close();

  const store = await openStore(file);
  onTestFinished(() => store.close());

  expect(await store.proofs.newest(jobId)).toMatchObject({
    files: proof.files.map((known) => ({ ...known, mode: null })),
    shape: proof.shape.map((known) => ({ ...known, mode: null, mtimeNs: null })),
  });
});

/** Of all proofs together. */
function rowsOf(file: string): unknown {
  const raw = new Sqlite(file, { readonly: true });
  const count = (table: string): unknown => raw.prepare(`SELECT count(*) FROM ${table}`).pluck().get();
  const counted = { files: count('proof_files'), shapes: count('proof_shapes') };
  raw.close();
  return counted;
}

async function stored(file: string, proof: NewProof): Promise<void> {
  const { db, close } = await openDatabase(file);
  await transact(db, (trx) => insertProof(trx, proof));
  await close();
}
