import { stat } from 'node:fs/promises';
import { defaultConfigFile, loadConfig, NasSyncError, type Config } from '../index.js';
import { systemCodeOf } from './lookup.js';
import type { GlobalOptions } from './session.js';

const given = (value: string | undefined): string | null => (value === undefined || value === '' ? null : value);

/** `--config`, else `NAS_SYNC_CONFIG`, else the platform's own place. */
export function configFile(options: Pick<GlobalOptions, 'config'>, env: NodeJS.ProcessEnv): string {
  if (options.config === '') throw new NasSyncError('usage', '--config needs a file');
  return options.config ?? given(env['NAS_SYNC_CONFIG']) ?? defaultConfigFile();
}

export const readConfig = (options: GlobalOptions): Promise<Config> => loadConfig(configFile(options, process.env));

/** Whether the file that `--db` names is there; of the config's own queue nothing is asked. */
export async function queueExists({ db }: Pick<GlobalOptions, 'db'>): Promise<boolean> {
  if (db === undefined || db === '' || /^postgres(?:ql)?:/u.test(db)) return true;
  const stats = await stat(db).catch((error: unknown) => systemCodeOf(error));
  return stats !== 'ENOENT';
}

/** @throws NasSyncError `store_unavailable` where `--db` names a file that is not there: it may be a slip of the pen */
export async function assertQueueExists(options: Pick<GlobalOptions, 'db'>): Promise<void> {
  if (await queueExists(options)) return;
  throw new NasSyncError(
    'store_unavailable',
    `there is no queue at ${options.db ?? ''}; check --db (\`nas-sync run\` and \`enqueue\` make one)`,
  );
}

/** What the client is told about its database; nothing, where the config or the default decides. */
export function databaseOf(options: Pick<GlobalOptions, 'db'>): { database?: string } {
  if (options.db === '') throw new NasSyncError('usage', '--db needs a file');
  return options.db === undefined ? {} : { database: options.db };
}
