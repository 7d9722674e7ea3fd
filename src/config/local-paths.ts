import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/** The keys whose value is a file or folder of this machine. */
const LOCAL_KEYS = new Set(['database', 'localRoot', 'path', 'rcloneConfig', 'sshKeyPath', 'knownHosts']);

/** A URL, or SQLite's name for a database in memory. */
const NO_PATH = /^(?:[a-z][a-z0-9+]*:\/\/|:memory:$)/i;

function resolveOne(path: string, folder: string): string {
  if (path === '' || NO_PATH.test(path)) return path;
  return /^~(?=$|[/\\])/.test(path) ? join(homedir(), path.slice(1)) : resolve(folder, path);
}

/** A copy of a file's plain value in which `~` stands for the home folder, and relative paths start at `folder`. */
export function resolveLocalPaths(value: unknown, folder: string): unknown {
  if (Array.isArray(value)) return value.map((item) => resolveLocalPaths(item, folder));
  if (typeof value !== 'object' || value === null) return value;
  const resolved = Object.entries(value).map(([key, child]: [string, unknown]) => [
    key,
    LOCAL_KEYS.has(key) && typeof child === 'string' ? resolveOne(child, folder) : resolveLocalPaths(child, folder),
  ]);
  return Object.fromEntries(resolved);
}
