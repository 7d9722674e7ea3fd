import assert from 'node:assert/strict';
import { lstat, mkdir, readFile, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { PLACE, type Bench } from './fixture.js';

/** Puts other content under a name on the target; where its disk can be reached, the file's times stay as they were. */
export async function overwrite(bench: Bench, path: string, content: Uint8Array): Promise<void> {
  const file = bench.onServer(path);
  if (file === null) {
    await bench.transport.writeMeta(`${PLACE}/${path}`, content, { exclusive: false }, bench.signal);
    return;
  }
  const { atimeMs, mtimeMs } = await lstat(file);
  await writeFile(file, content);
  await utimes(file, atimeMs / 1000, mtimeMs / 1000);
}

/** Puts a file on the target that the run does not have. */
export async function add(bench: Bench, path: string): Promise<void> {
  const file = bench.onServer(path);
  const content = Buffer.from('not of the run');
  if (file === null) {
    await bench.transport.writeMeta(`${PLACE}/${path}`, content, { exclusive: true }, bench.signal);
    return;
  }
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, content);
}

/** `false` where the target's disk cannot be reached: a transport removes no file of a run. */
export async function remove(bench: Bench, path: string): Promise<boolean> {
  const file = bench.onServer(path);
  if (file === null) return false;
  await rm(file);
  return true;
}

/** Puts a folder with a file in it in the place of a file. `false` as for {@link remove}. */
export async function replaceByFolder(bench: Bench, path: string): Promise<boolean> {
  const file = bench.onServer(path);
  if (file === null) return false;
  await rm(file);
  await mkdir(file);
  await writeFile(join(file, 'inside'), 'inside');
  return true;
}

const LONG_WAY = Array<string>(10).fill('d'.repeat(250)).join('/');

/**
 * Puts a file so deep that its path is longer than a call can name. `null` as for {@link remove}, and where not even
 * half of that path can be made. To be brought up again: else not even `rm` removes it.
 */
export async function buryDeep(bench: Bench): Promise<{ path: string; bringUp: () => Promise<void> } | null> {
  const [above, below] = [bench.onServer(LONG_WAY), bench.onServer('below')];
  if (above === null || below === null) return null;
  try {
    await mkdir(above, { recursive: true });
    await mkdir(join(below, LONG_WAY), { recursive: true });
  } catch {
    return null;
  }
  await writeFile(join(below, LONG_WAY, 'deep.txt'), 'deep');
  await rename(below, join(above, 'below'));
  const bringUp = (): Promise<void> => rename(join(above, 'below'), below);
  return { path: `${LONG_WAY}/below/${LONG_WAY}/deep.txt`, bringUp };
}

/** That the files of the run stand on the server's disk, byte for byte. */
export async function requireOnDisk(bench: Bench, paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    const file = bench.onServer(path);
    if (file === null) return;
    const [there, here] = await Promise.all([readFile(file), readFile(join(bench.run, path))]);
    assert.ok(there.equals(here), `${JSON.stringify(path)} is the same on the server's disk`);
  }
}

/** That fetching these files brings what the run holds. */
export async function requireFetched(bench: Bench, paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    const [back, here] = await Promise.all([readFile(bench.fetched(path)), readFile(join(bench.run, path))]);
    assert.ok(back.equals(here), `${JSON.stringify(path)} came back as it is`);
  }
}
