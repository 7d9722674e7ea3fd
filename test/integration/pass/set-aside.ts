import { expect } from 'vitest';
import { listing, sha256sumCheck, type Lab } from '../../support/lab.js';

const ASIDE = '.exlab-wizard/set-aside/';
const RECORD = /^\.exlab-wizard\/(?!set-aside\/.)/u;

/** What stands at the run's place, but for the record folder; what was set aside stands below `aside:`. */
export function onNas(lab: Lab, run: string): string[] {
  return listing(lab.onNas(run))
    .filter((path) => !RECORD.test(path) && (!path.startsWith(ASIDE) || path.split('/').length > 3))
    .map((path) => (path.startsWith(ASIDE) ? `aside:${path.split('/').slice(3).join('/')}` : path))
    .filter((path) => path !== 'aside:')
    .sort();
}

export async function isProven(lab: Lab, run: string): Promise<void> {
  expect(await lab.client.job(run)).toMatchObject({ state: 'verified', lastError: null });
  await sha256sumCheck(lab.onNas(run));
}
