import { randomBytes } from 'node:crypto';
import { mkdtemp, realpath, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { onTestFinished } from 'vitest';
import type { SshServer } from '../../support/servers/ssh-server.js';

export const MEGABYTE = 1_000_000;

/** A folder that is gone once the test is over. */
export async function workplace(): Promise<string> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'nas-sync-clients-')));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

export async function makeFile(folder: string, bytes: number, name = 'image.tif'): Promise<Buffer> {
  const content = randomBytes(bytes);
  await writeFile(join(folder, name), content);
  return content;
}

export const ssh = (server: SshServer, command: string, keyPath = server.keyPath) =>
  execa('ssh', [...server.options(keyPath), '-p', `${server.port}`, `${server.user}@${server.host}`, command], {
    reject: false,
    stdin: 'ignore',
  });

/** Copies to a folder of the server; `--inplace` lets a test see how far it has come. */
export const rsync = (server: SshServer, from: string, to: string, more: readonly string[] = [], port = server.port) =>
  execa(
    'rsync',
    [
      '-a',
      '-e',
      ['ssh', ...server.options(), '-p', port].join(' '),
      ...more,
      from,
      `${server.user}@${server.host}:${to}`,
    ],
    { reject: false, stdin: 'ignore', forceKillAfterDelay: 100 },
  );

/** Tries everything once, so that what a server does is not healed by patience. */
export const rclone = (config: string, ...args: string[]) =>
  execa('rclone', ['--config', config, '--retries', '1', '--low-level-retries', '1', ...args], {
    reject: false,
    stdin: 'ignore',
  });

export const sizeOf = async (path: string): Promise<number> => (await stat(path).catch(() => ({ size: 0 }))).size;

export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await sleep(10);
}

/** Whether it has settled within this time. */
export const settlesWithin = async (promise: PromiseLike<unknown>, ms: number): Promise<boolean> =>
  Promise.race([promise.then(() => true), sleep(ms, false)]);
