import { cpSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Lab } from '../../support/lab.js';

/** A copy of the run as it is now, times and links included. */
export function keepCopy(lab: Lab, run: string): string {
  const copy = lab.at('kept');
  cpSync(run, copy, { recursive: true, preserveTimestamps: true, verbatimSymlinks: true });
  return copy;
}

/** Lets the local files go, as a cleanup does; what describes the run stays. */
export function empty(run: string): void {
  for (const name of readdirSync(run)) {
    if (name !== '.exlab-wizard') rmSync(join(run, name), { recursive: true });
  }
}

export const NOTHING_WRONG = { conflicts: [], mismatched: [], missing: [] };
