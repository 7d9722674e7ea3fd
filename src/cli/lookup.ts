import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { NasSyncError, type Config, type JobView, type NasSyncClient } from '../index.js';

/** The job of a run, or by its id. A run whose folder is gone is found by its path as well. */
export async function findJob(client: NasSyncClient, given: string): Promise<JobView> {
  const job = (await client.job(given)) ?? (await client.job(resolve(given)));
  if (job !== null) return job;
  throw new NasSyncError('job_not_found', `the queue holds no job for ${given}; \`nas-sync enqueue\` makes one`);
}

/** The same; `null` for a run folder without a job. */
export async function findJobOrRun(client: NasSyncClient, given: string): Promise<JobView | null> {
  const isFolder = (await stat(given).catch(() => null))?.isDirectory() === true;
  if (!isFolder) return findJob(client, given);
  return (await client.job(given)) ?? client.job(resolve(given));
}

const AT_ONCE = 500;

/** In their order; those that are gone are left out. */
export async function jobsById(client: NasSyncClient, jobIds: readonly string[]): Promise<JobView[]> {
  const found = new Map<string, JobView>();
  for (let from = 0; from < jobIds.length; from += AT_ONCE) {
    for (const job of await client.jobs({ jobIds: jobIds.slice(from, from + AT_ONCE) })) found.set(job.jobId, job);
  }
  return jobIds.flatMap((jobId) => found.get(jobId) ?? []);
}

/** A name that neither the config nor the queue knows is a slip, not an empty answer. */
export async function expectEquipment(client: NasSyncClient, config: Config, id: string | undefined): Promise<void> {
  const known = config.equipment.map((equipment) => equipment.id);
  if (id === undefined || known.includes(id)) return;
  if ((await client.jobs({ equipmentIds: [id] })).length > 0) return;
  throw new NasSyncError('usage', `there is no equipment ${id}; configured: ${known.join(', ') || 'none'}`);
}

/** The `code` of a Node system error, such as `ENOENT`. */
export function systemCodeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : 'unknown';
}
