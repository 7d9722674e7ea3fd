import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';

/** Where servers are, also for users whose PATH does not say so. */
const FOLDERS = [
  ...(process.env['PATH'] ?? '').split(':'),
  '/usr/sbin',
  '/sbin',
  '/usr/lib/openssh',
  '/usr/libexec/openssh',
  '/usr/lib/ssh',
];

/** The absolute path of a program of the machine. */
export function program(name: string): string {
  const found = FOLDERS.map((folder) => join(folder, name)).find(isExecutable);
  if (found === undefined) throw new Error(`${name} is not installed`);
  return found;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
