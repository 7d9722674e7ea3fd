import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { systemCode } from '../../errors.js';

/**
 * Makes a folder and those above it that are missing. Node's own `recursive` goes round for ever where the system denies
 * that a folder above exists and refuses to make it, as below /proc.
 */
export async function makeFolder(path: string): Promise<void> {
  const missing: string[] = [];
  for (let current = path; ; current = dirname(current)) {
    const made = await makeOne(current);
    if (made) break;
    if (dirname(current) === current) return;
    missing.push(current);
  }
  for (const folder of missing.reverse()) await mkdir(folder);
}

/** `false` where the folder above is missing. */
async function makeOne(path: string): Promise<boolean> {
  try {
    await mkdir(path);
    return true;
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return true;
    if (systemCode(error) === 'ENOENT') return false;
    throw error;
  }
}
