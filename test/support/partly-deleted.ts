import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { SimulatedClock } from 'nas-sync/testing';
import { onTestFinished, type TestContext } from 'vitest';
import { DeletionLab, HOUR, T0 } from './deletion-lab.js';

const TREE = { 'a.txt': 'a', 'deep/b.txt': 'bb', 'deep/empty/': '', 'keep/stuck.bin': 'stuck', 'keep/c.bin': 'ccc' };
const LINKS = { 'deep/to stuck': '../keep/stuck.bin', latest: 'a.txt' };
export const STUCK = 'keep/stuck.bin';
export const MANIFEST = '.exlab-wizard/checksums.sha256';

/** `chattr` takes root, and a file system that knows it. */
async function fasten(path: string, skip: TestContext['skip']): Promise<() => Promise<unknown>> {
  const { exitCode } = await execa('chattr', ['+i', path], { reject: false });
  if (exitCode !== 0) skip('chattr +i is refused here: run as root on ext4');
  const loosen = () => execa('chattr', ['-i', path], { reject: false });
  onTestFinished(async () => {
    await loosen();
  });
  return loosen;
}

/**
 * Most of the run is gone, by our own hand. In a fastened folder nothing can be deleted, and its files are as they were; a
 * file that is fastened itself has a new time, and is read again.
 */
export async function partlyReleased(skip: TestContext['skip'], fastened = 'keep', links: 'keep' | 'follow' = 'keep') {
  const lab = new DeletionLab({ links });
  const config = lab.configWith({});
  const run = await lab.proven(TREE, LINKS, config);
  let loosen = (): Promise<unknown> => Promise.resolve();
  let isFastened = false;
  const clock = new SimulatedClock(T0);
  // When the interlocks have been measured: what is locked before that holds all of the run back.
  const at = async (_: string, act: string): Promise<void> => {
    if (act !== 'intent' || isFastened) return;
    isFastened = true;
    loosen = await fasten(join(run, fastened), skip);
  };
  const client = lab.open({ config, clock, faults: { at } });
  await client.init();
  await client.idle();
  const manifest = readFileSync(lab.onNas(run, MANIFEST), 'utf8');
  const pass = (hours: number): Promise<void> => clock.advance(hours * HOUR, () => client.idle());
  return { lab, run, client, pass, loosen: () => loosen(), manifest };
}
