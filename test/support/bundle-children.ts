import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rolldown } from 'rolldown';

const PROJECT = join(import.meta.dirname, '../..');
const FOLDER = join(PROJECT, 'node_modules/.nas-sync-tests');

/** Where the bundle lies while tests run. Its depth below the project is that of the package's own modules. */
export const DELETION_CHILD = join(FOLDER, 'deletion-child.js');

/**
 * Puts a program of the tests and all that it imports into one file. It is started hundreds of times, and loading the
 * modules one by one takes most of its time.
 * @returns what removes it
 */
export default async function setup(): Promise<() => void> {
  const bundle = await rolldown({
    input: {
      'deletion-child': join(PROJECT, 'test/crash/deletion-child.js'),
      worker: join(PROJECT, 'dist/bytes/worker.js'),
    },
    platform: 'node',
    external: ['better-sqlite3', 'piscina'],
    resolve: { mainFields: ['module', 'main'] },
  });
  await bundle.write({ dir: FOLDER, format: 'esm', chunkFileNames: '[name].js' });
  await bundle.close();
  writeFileSync(join(FOLDER, 'package.json'), '{ "type": "module" }');
  return () => rmSync(FOLDER, { recursive: true, force: true });
}
