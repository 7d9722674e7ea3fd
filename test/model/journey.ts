import { expect } from 'vitest';
import type { JobEvent } from '#dist/machines/job-types.js';
import { advance, dehydrate, firstSnapshot, replay, type JobSnapshot } from '#dist/machines/restore.js';
import type { Advanced } from '#dist/persistence/apply-event.js';
import type { NewProof } from '#dist/persistence/proof-store.js';
import type { Bench } from '../contract/store/bench.js';
import type { Row } from './golden-table.js';
import { contextAfter, differences, placeOf, rowTaken } from './oracle.js';

export const OWNER = 'worker-1';

/** One job on the real store, and beside it what the machine and the table say that the store must hold. */
export class Journey {
  readonly #bench: Bench;
  readonly jobId: string;
  readonly #equipmentId: string;
  #snapshot: JobSnapshot;
  #revision = 1;

  private constructor(bench: Bench, jobId: string, equipmentId: string) {
    this.#bench = bench;
    this.jobId = jobId;
    this.#equipmentId = equipmentId;
    this.#snapshot = firstSnapshot({ at: 0 });
  }

  /** A lane of its own, so that no other job of the bench is more due. */
  static async begin(bench: Bench, equipmentId: string): Promise<Journey> {
    const { jobId } = await bench.add(equipmentId, 'Run_1');
    const journey = new Journey(bench, jobId, equipmentId);
    await journey.check();
    return journey;
  }

  get place() {
    return placeOf(this.#snapshot);
  }

  /** Feeds the event as the engine would: what came of work under its fence, a person's word without one. */
  async feed(event: JobEvent): Promise<Advanced> {
    const { lease_owner: owner, revision } = this.#bench.row(this.jobId);
    const proof = event.type === 'verify.succeeded' ? { proof: proofOf(this.jobId, event.proof.proofId) } : {};
    const fence = owner === null || event.type === 'cancelled' ? {} : { fence: { owner, revision } };
    return this.#bench.store.jobs.advance(this.jobId, event, { ...fence, ...proof });
  }

  async #claim(at: number): Promise<void> {
    const claimed = await this.#bench.store.jobs
      .claim({ equipmentId: this.#equipmentId, owner: OWNER, at })
      .then(({ job }) => job);
    expect(claimed?.jobId).toBe(this.jobId);
  }

  /** One step, with everything that must hold after it. */
  async take(event: JobEvent): Promise<Row> {
    const before = this.#snapshot;
    const row = rowTaken(placeOf(before), before.context, event);
    if (row === null) throw new Error(`the table has no ${event.type} in ${placeOf(before)}`);
    if (event.type === 'claimed') await this.#claim(event.at);
    else expect(await this.feed(event)).toMatchObject({ changed: true, from: row.from, to: row.to });
    this.#snapshot = advance(before, event);
    this.#revision += 1;
    if (event.type === 'cancelled') await this.#stopWork(before.hasTag('working'));
    expect(placeOf(this.#snapshot)).toBe(row.to);
    expect(differences(contextAfter(row, before.context, event), this.#snapshot.context)).toEqual([]);
    await this.check();
    return row;
  }

  /** A cancelled job stays its owner's until that one has stopped working on it. */
  async #stopWork(atWork: boolean): Promise<void> {
    expect(this.#bench.row(this.jobId).lease_owner).toBe(atWork ? OWNER : null);
    await this.#bench.store.jobs.release(this.jobId, OWNER);
  }

  async check(): Promise<void> {
    this.#checkRow();
    await this.#checkJournal();
    this.#checkCounts();
  }

  #checkRow(): void {
    const row = this.#bench.row(this.jobId);
    const [state, phase = null] = this.place.split('.');
    const stored = dehydrate(this.#snapshot);
    expect(row).toMatchObject({
      state,
      phase,
      due_at: this.#snapshot.context.dueAt,
      revision: this.#revision,
      machine_version: stored.version,
      set_aside: null,
    });
    expect(JSON.parse(row.snapshot)).toEqual(JSON.parse(stored.snapshot));
    const owned = this.#snapshot.hasTag('working');
    expect(row.lease_owner).toBe(owned ? OWNER : null);
  }

  /** Promise 10: the journal, replayed through the machine, gives the stored snapshot exactly. */
  async #checkJournal(): Promise<void> {
    const [enqueued, ...entries] = await this.#bench.store.jobs.journal(this.jobId);
    const events = entries.map(({ event, detail }) => ({ type: event, ...detail }) as JobEvent);
    const replayed = replay({ at: enqueued!.at }, events);
    expect(dehydrate(replayed).snapshot).toBe(this.#bench.row(this.jobId).snapshot);
    expect(entries).toHaveLength(this.#revision - 1);
    expect([enqueued!.to, ...entries.map(({ to }) => to)].at(-1)).toBe(this.place);
  }

  #checkCounts(): void {
    const counted = this.#bench.all('SELECT equipment_id, state, jobs FROM job_counts WHERE jobs <> 0 ORDER BY 1, 2');
    const actual = this.#bench.all(
      'SELECT equipment_id, state, count(*) AS jobs FROM jobs GROUP BY equipment_id, state ORDER BY 1, 2',
    );
    expect(counted).toEqual(actual);
  }
}

export const proofOf = (jobId: string, name: string): NewProof => ({
  proofId: `${jobId}/${name}`,
  jobId,
  generation: 1,
  madeAt: 1,
  expiresAt: 2,
  evidence: 'read-back',
  method: 'read back past the page cache',
  invocation: `${OWNER}:1`,
  bytes: 4,
  manifestSha256: 'f'.repeat(64),
  shapeSha256: 'e'.repeat(64),
  stableSha256: 'd'.repeat(64),
  excluded: 0,
  steadyAt: 3,
  shape: [{ path: 'sub', kind: 'folder', linkTo: '', mode: 0o755, mtimeNs: '5' }],
  files: [
    {
      ...{ path: 'a.tif', size: 4, mtimeNs: '1', ctimeNs: '2', dev: '3', ino: '4' },
      ...{ sha256: 'a'.repeat(64), other: null, mode: 0o640 },
    },
  ],
});
