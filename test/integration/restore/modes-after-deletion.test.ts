import { chmodSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { SimulatedClock } from 'nas-sync/testing';
import { expect, it, onTestFinished } from 'vitest';
import { DeletionLab, HOUR, T0 } from '../../support/deletion-lab.js';
import { flipBit } from '../../support/damage.js';
import type { Tree } from '../../support/lab.js';
import { asRestored, setModesAndTimes, metadataOf, openAll, TREE } from './modes-lab.js';

/** Its runs have {@link MODES}. */
class ModesLab extends DeletionLab {
  was: Record<string, string> = {};

  override async makeRun(tree: Tree, name?: string): Promise<string> {
    const run = await super.makeRun(tree, name);
    setModesAndTimes(run);
    this.was = asRestored(metadataOf(run));
    return run;
  }
}

const proofsOf = async (lab: ModesLab, run: string, client: Parameters<DeletionLab['events']>[1]): Promise<number> =>
  (await lab.events(run, client)).filter((event) => event === 'verify.succeeded').length;

it('a run that was deleted here comes back with its modes, and its folders with the times that they had before', async () => {
  const lab = new ModesLab();
  const run = await lab.proven(TREE);
  await lab.letGo(lab.configWith({}));
  openAll(lab.onNas(run));
  expect(await lab.client.status(run)).toBe('cleaned');

  await lab.client.restore(run);

  expect(metadataOf(run)).toEqual(lab.was);
});

it('nothing of that is made up by a pass while its files are in the trash', async () => {
  const lab = new ModesLab();
  const { run, client, pass } = await lab.trashed(TREE, { cleanup: { trashHours: 300 } });
  const before = await proofsOf(lab, run, client);
  await pass(250);
  expect(await proofsOf(lab, run, client)).toBeGreaterThan(before);
  await pass(100);
  expect(await client.status(run)).toBe('cleaned');

  await client.restore(run);

  expect(metadataOf(run)).toEqual(lab.was);
});

it('nor by one of a run of which a part could not be deleted, and whose folder was unlocked for that', async ({
  skip,
}) => {
  const lab = new ModesLab();
  const config = lab.configWith({});
  const run = await lab.proven(TREE, {}, config);
  const stuck = join(run, 'locked/deep/a.txt');
  const loosen = () => execa('chattr', ['-i', stuck], { reject: false });
  onTestFinished(async () => {
    await loosen();
  });
  let isFastened = false;
  const at = async (_: string, act: string): Promise<void> => {
    if (act !== 'intent' || isFastened) return;
    isFastened = true;
    const { exitCode } = await execa('chattr', ['+i', stuck], { reject: false });
    if (exitCode !== 0) skip('chattr +i is refused here: run as root on ext4');
  };
  const clock = new SimulatedClock(T0);
  const client = lab.open({ config, clock, faults: { at } });
  await client.init();
  await client.idle();
  const pass = (hours: number): Promise<void> => clock.advance(hours * HOUR, () => client.idle());
  chmodSync(join(run, 'locked/deep'), 0o777);
  chmodSync(join(run, 'locked'), 0o777);
  const before = await proofsOf(lab, run, client);
  await pass(110);
  expect(await proofsOf(lab, run, client)).toBeGreaterThan(before);
  expect(await client.status(run)).toBe('cleanup_eligible');
  await loosen();
  await pass(60);
  expect(await client.status(run)).toBe('cleaned');
  openAll(lab.onNas(run));

  await client.restore(run);

  expect(metadataOf(run)).toEqual(lab.was);
});

it('nor by one after its files came back from the trash, because the NAS was damaged', async () => {
  const lab = new ModesLab();
  const { run, client, pass } = await lab.trashed(TREE, { cleanup: { trashHours: 300 } });
  flipBit(lab.onNas(run, 'plain/e.txt'));
  await pass(120);
  expect(await lab.events(run, client)).toContain('verify.failed');
  await pass(700);
  expect(await client.status(run)).toBe('cleaned');

  await client.restore(run);

  expect(metadataOf(run)).toEqual(lab.was);
});

it('nor by what the engine itself puts into the folders of a run for a moment, before it may delete anything', async () => {
  const lab = new ModesLab();
  const config = lab.configWith({});
  const run = await lab.proven(TREE, {}, config);
  writeFileSync(lab.onNas(run, 'theirs.txt'), 'it keeps the run here');
  const clock = new SimulatedClock(T0);
  const client = lab.open({ config, clock });
  await client.init();
  await client.idle();
  const before = await proofsOf(lab, run, client);
  await clock.advance(200 * HOUR, () => client.idle());
  expect(await proofsOf(lab, run, client)).toBeGreaterThan(before);
  rmSync(lab.onNas(run, 'theirs.txt'));
  await clock.advance(60 * HOUR, () => client.idle());
  expect(await client.status(run)).toBe('cleaned');

  await client.restore(run);

  expect(metadataOf(run)).toEqual(lab.was);
});
