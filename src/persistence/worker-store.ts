import { hostname } from 'node:os';
import type { Kysely } from 'kysely';
import { bootedPidNamespace, incarnationOf, processIsGone } from '../run/fs/processes.js';
import { applyEvent, type Advanced } from './apply-event.js';
import { transact } from './immediate-dialect.js';
import type { Schema } from './schema.js';

export interface Worker {
  readonly workerId: string;
  readonly host: string;
  readonly pid: number;
  readonly incarnation: string;
  /** The pid namespace in which the pid means something; empty where the system does not tell. */
  readonly namespace: string;
  readonly expiresAt: number;
}

/** The processes that hold leases. One heartbeat an owner keeps all its leases. */
export class WorkerStore {
  readonly #db: Kysely<Schema>;

  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  /** Writes or renews this process's entry. */
  async beat(workerId: string, expiresAt: number): Promise<void> {
    await this.#db
      .insertInto('workers')
      .values({
        worker_id: workerId,
        host: hostname(),
        pid: process.pid,
        incarnation: incarnationOf(process.pid) ?? '',
        namespace: bootedPidNamespace() ?? '',
        expires_at: expiresAt,
      })
      .onConflict((conflict) => conflict.column('worker_id').doUpdateSet({ expires_at: expiresAt }))
      .execute();
  }

  /** Owners of leases that have no entry: nobody would ever bury them. */
  async unknownOwners(): Promise<string[]> {
    const rows = await this.#db
      .selectFrom('jobs')
      .select('lease_owner')
      .distinct()
      .where('lease_owner', 'is not', null)
      .where('lease_owner', 'not in', (query) => query.selectFrom('workers').select('worker_id'))
      .execute();
    return rows.flatMap((row) => row.lease_owner ?? []);
  }

  async others(workerId: string): Promise<Worker[]> {
    const rows = await this.#db.selectFrom('workers').selectAll().where('worker_id', '!=', workerId).execute();
    return rows.map((row) => ({
      workerId: row.worker_id,
      host: row.host,
      pid: row.pid,
      incarnation: row.incarnation,
      namespace: row.namespace,
      expiresAt: row.expires_at,
    }));
  }

  /** Takes every lease of a dead worker from it, in one commit: its jobs are `interrupted`, its entry is gone. */
  async bury(workerId: string, at: number, limit: number): Promise<Advanced[]> {
    return transact(this.#db, async (trx) => {
      const rows = await trx.selectFrom('jobs').selectAll().where('lease_owner', '=', workerId).execute();
      const interrupted: Advanced[] = [];
      for (const row of rows) {
        const event = { type: 'interrupted', at, limit, owner: workerId } as const;
        interrupted.push(await applyEvent(trx, row, event, { kind: 'ended' }));
      }
      // A job that was cancelled while its owner worked on it knows of no interruption.
      await trx.updateTable('jobs').set({ lease_owner: null }).where('lease_owner', '=', workerId).execute();
      await trx.deleteFrom('workers').where('worker_id', '=', workerId).execute();
      return interrupted;
    });
  }
}

/**
 * Whether the process that wrote the entry is certainly gone: it ran on this host, in this pid namespace, and does so no
 * more. Of one in another container, or where the system does not tell, nothing is certain before its lease has run out.
 */
export function isGone(worker: Worker): boolean {
  if (worker.host !== hostname() || worker.namespace !== bootedPidNamespace()) return false;
  if (processIsGone(worker.pid)) return true;
  const now = incarnationOf(worker.pid);
  return now !== null && worker.incarnation !== '' && now !== worker.incarnation;
}
