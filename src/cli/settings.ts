import { stat } from 'node:fs/promises';
import { defaultConfigFile, loadConfig, NasSyncError, type Config } from '../index.js';
import type { GlobalOptions } from './session.js';

const given = (value: string | undefined): string | null => (value === undefined || value === '' ? null : value);

/** `--config`, else `NAS_SYNC_CONFIG`, else the platform's own place. */
export function configFile(options: Pick<GlobalOptions, 'config'>, env: NodeJS.ProcessEnv): string {
  if (options.config === '') throw new NasSyncError('usage', '--config needs a file');
  return options.config ?? given(env['NAS_SYNC_CONFIG']) ?? defaultConfigFile();
}

export const readConfig = (options: GlobalOptions): Promise<Config> => loadConfig(configFile(options, process.env));

/** @throws NasSyncError `store_unavailable` where `--db` names a file that is not there: it may be a slip of the pen */
export async function assertQueueExists({ db }: Pick<GlobalOptions, 'db'>): Promise<void> {
  if (db === undefined || db === '' || /^postgres(?:ql)?:/u.test(db)) return;
  if ((await stat(db).catch(() => null)) !== null) return;
  throw new NasSyncError(
    'store_unavailable',
    `there is no queue at ${db}; check --db (\`nas-sync run\` and \`enqueue\` make one)`,
  );
}

/** What the client is told about its database; nothing, where the config or the default decides. */
export function databaseOf(options: Pick<GlobalOptions, 'db'>): { database?: string } {
  if (options.db === '') throw new NasSyncError('usage', '--db needs a file');
  return options.db === undefined ? {} : { database: options.db };
}
