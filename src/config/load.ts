import { readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import envPaths from 'env-paths';
import { NasSyncError, systemCode } from '../errors.js';
import { checkConfig, type Checked } from './check.js';
import { objectNames, yamlNames } from './key-case.js';
import { resolveLocalPaths } from './local-paths.js';
import { configError, oneLine, type Origin, type Problem } from './problems.js';
import type { Config, ConfigInput } from './schema.js';
import { findSecrets } from './secrets.js';
import { readYaml } from './yaml-file.js';

function configOr(checked: Checked, found: readonly Problem[], origin: Origin): Config {
  if ('problems' in checked) throw configError([...found, ...checked.problems], origin);
  if (found.length > 0) throw configError(found, origin);
  return checked.config;
}

/** Reads a YAML text. `fileName` is named in errors, and relative paths start at its folder. */
export function parseConfig(text: string, fileName: string): Config {
  const file = readYaml(text);
  const origin: Origin = { name: fileName, names: yamlNames, lineOf: file.lineOf };
  const value = resolveLocalPaths(file.value, dirname(resolve(fileName)));
  const found = [...file.problems, ...findSecrets(value, { values: true })];
  return configOr(checkConfig(value, yamlNames), found, origin);
}

/** A {@link Config} that is passed again has its delays in milliseconds: they are written as durations again. */
function withDelays(given: ConfigInput | Config): unknown {
  const { retry } = given;
  if (!retry || !('delaysMs' in retry)) return given;
  const { delaysMs, ...others } = retry;
  return { ...given, retry: { ...others, delays: delaysMs.map((ms) => `${ms}ms`) } };
}

/**
 * Checks a configuration that is written in TypeScript, and fills in its defaults. Paths must be absolute.
 * A {@link Config}, or a changed copy of one, may be passed as well.
 */
export function defineConfig(config: ConfigInput | Config): Config {
  const value = withDelays(config);
  const origin: Origin = { name: 'config', names: objectNames, lineOf: null };
  return configOr(checkConfig(value, objectNames), findSecrets(value, { values: false }), origin);
}

const refused = (file: string, why: string, cause: unknown): NasSyncError =>
  new NasSyncError('config_invalid', `${oneLine(file)}: ${why}`, { cause });

async function bytesOf(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (error) {
    const code = systemCode(error) ?? String(error);
    throw refused(
      file,
      code === 'ENOENT' ? 'no such file; `nas-sync init` makes one' : `cannot be read (${code})`,
      error,
    );
  }
}

/** Reads a YAML file. */
export async function loadConfig(file: string): Promise<Config> {
  const bytes = await bytesOf(file);
  try {
    return parseConfig(new TextDecoder('utf-8', { fatal: true }).decode(bytes), file);
  } catch (error) {
    throw error instanceof NasSyncError ? error : refused(file, 'is not UTF-8 text', error);
  }
}

const folders = () => envPaths('nas-sync', { suffix: '' });

/** `config.yaml` in the platform's config folder. */
export const defaultConfigFile = (): string => join(folders().config, 'config.yaml');

/** `sync_queue.db` in the state folder; where the platform has none, in the data folder. */
export function defaultDatabaseFile(): string {
  const { log: linuxState, data } = folders();
  const state = process.platform === 'darwin' || process.platform === 'win32' ? data : linuxState;
  return join(state, 'sync_queue.db');
}
