import { realpath, stat } from 'node:fs/promises';
import { NasSyncError, systemCode } from '../errors.js';
import { printable } from '../run/printable.js';
import type { Config } from './schema.js';

/** The one spelling of a run's path: absolute, without links. Two spellings are one run. */
export async function canonicalRun(runPath: string): Promise<string> {
  try {
    const path = await realpath(runPath);
    if ((await stat(path)).isDirectory()) return path;
  } catch (error) {
    const code = systemCode(error);
    if (code !== 'ENOENT' && code !== 'ENOTDIR') throw error;
  }
  throw new NasSyncError('run_not_found', `${printable(runPath)} is no folder; give the path of a run`);
}

/** The config with each `local_root` in the same spelling; one that does not exist yet stays as it is. */
export async function canonicalRoots(config: Config): Promise<Config> {
  const equipment = await Promise.all(
    config.equipment.map(async (one) => ({
      ...one,
      localRoot: await realpath(one.localRoot).catch(() => one.localRoot),
    })),
  );
  return { ...config, equipment };
}
