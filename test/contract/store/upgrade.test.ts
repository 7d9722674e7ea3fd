import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { openStore } from '#dist/persistence/store.js';
import { expect, onTestFinished, test } from 'vitest';

function emptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'nas-sync-upgrade-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Takes the queue back to what the first migration made of it. */
function asOfTheFirstRelease(file: string): void {
  const db = new Sqlite(file);
  db.exec('ALTER TABLE digests DROP COLUMN other_hash; ALTER TABLE proof_files DROP COLUMN other_hash');
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
