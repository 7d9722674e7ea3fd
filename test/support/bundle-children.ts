import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';

const PROJECT = join(import.meta.dirname, '../..');
const FOLDER = join(PROJECT, 'node_modules/.nas-sync-tests');

/** Where the bundle lies while tests run. */
export const DELETION_CHILD = join(FOLDER, 'deletion-child.js');

/**
 * Puts a program of the tests and all that it imports into one file. It is started hundreds of times, and loading the
 * modules one by one takes most of its time.
 * @returns what removes it
 */
export default async function setup(): Promise<() => void> {
  const args = ['scripts/bundle.js', FOLDER, 'deletion-child=test/crash/deletion-child.js'];
  await execa(process.execPath, args, { cwd: PROJECT });
  // Below node_modules Node does not see the project's own.
  writeFileSync(join(FOLDER, 'package.json'), '{ "type": "module" }');
  return () => rmSync(FOLDER, { recursive: true, force: true });
}
