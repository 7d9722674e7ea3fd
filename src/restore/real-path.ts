import { realpath } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { systemCode } from '../errors.js';

/** The path without links on its way, as far down as it exists. */
export async function realWay(path: string): Promise<string> {
  const whole = resolve(path);
  const existing = await nearestThere(whole);
  return join(await realpath(existing), whole.slice(existing.length));
}

/** The path itself, or the nearest above it at which something stands. */
export async function nearestThere(path: string): Promise<string> {
  for (let current = path; ; current = dirname(current)) {
    try {
      await realpath(current);
      return current;
    } catch (error) {
      const code = systemCode(error);
      if ((code !== 'ENOENT' && code !== 'ENOTDIR') || basename(current) === '') throw error;
    }
  }
}
