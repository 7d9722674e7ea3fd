import { renameSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { Transport } from 'nas-sync';
import { expect, it } from 'vitest';
import { Lab } from '../../support/lab.js';
import { failing, LettingGo, snapshot } from '../cleanup/cleanup-lab.js';
import { itMounts, mirror, mount } from '../mount/mounts.js';
import { remoteOf } from '../rclone/remotes.js';
import { RsyncLab } from '../rsync/rsync-lab.js';

const TREE = { 'a.txt': 'the content of a', 'deep/b.txt': 'the content of b' };
const UNREACHABLE = ['target_reachable', 'seal_current', 'target_present', 'no_extra_files', 'target_unchanged'];

/** Syncs through a door that leads back to the local root: refused, nothing is gone, and nothing of ours stays. */
async function expectRefused(lab: Lab, transport?: Transport): Promise<void> {
  const run = await lab.makeRun(TREE);
  const before = snapshot(run);
  const client = transport === undefined ? lab.open() : lab.open({ transport });
  const job = await lab.sync(run, client);
  expect(job).toMatchObject({ state: 'failed', lastError: { kind: 'wrong_target' } });
  expect(job.lastError!.message).toContain('is the run itself');
  // The run's status stands in its record.
  const record = '.exlab-wizard/creation.json';
  expect({ ...snapshot(run), [record]: '' }).toEqual({ ...before, [record]: '' });
}

it('refuses an SSH server that leads back to the local root', async () => {
  const lab = await RsyncLab.with('gnu');
  await expectRefused(lab, lab.transport({ remotePath: lab.local }));
});

it('refuses an SFTP remote that leads back to the local root', async () => {
  const lab = new Lab();
  const { transport } = await remoteOf('sftp', lab);
  await expectRefused(lab, transport({ rcloneRemotePath: lab.local }));
});

itMounts('refuses a mirror of the local root, mounted as the share', async () => {
  const lab = new Lab();
  await mirror(lab, lab.local, lab.nas);
  await expectRefused(lab);
});

/** A door that was opened after the run was proven: `clean` keeps every file. */
async function expectKept(scene: LettingGo, said: RegExp): Promise<void> {
  const before = snapshot(scene.run);
  const { result } = await scene.clean();
  expect(result.deleted).toBe(false);
  expect(failing(result)).toEqual(UNREACHABLE);
  expect(result.interlocks.find(({ name }) => name === 'target_reachable')!.measured).toMatch(said);
  expect(snapshot(scene.run)).toEqual(before);
}

itMounts('keeps a proven run whose place on the share became a mirror of the run', async () => {
  const scene = await LettingGo.proven({ tree: { 'a.txt': 'no folder that could tell' } });
  await mirror(scene.lab, scene.run, scene.onNas());
  await expectKept(scene, /is the run itself/u);
});

itMounts('keeps a proven run whose place on the share became a mount of the run', async () => {
  const scene = await LettingGo.proven();
  await mount(scene.lab, scene.onNas(), '--bind', scene.run);
  await expectKept(scene, /is the run itself/u);
});

it('keeps a proven run whose folder above its place on the share became a link to the local root', async () => {
  const scene = await LettingGo.proven({ name: 'week/Run_1' });
  renameSync(scene.lab.at('nas', 'week'), scene.lab.at('set aside'));
  symlinkSync(scene.lab.at('local', 'week'), scene.lab.at('nas', 'week'));
  await expectKept(scene, /is a link/u);
});

itMounts('keeps a proven run of which one folder on the share became a mount of its own folder', async () => {
  const scene = await LettingGo.proven();
  await mount(scene.lab, scene.onNas('deep'), '--bind', scene.at('deep'));
  const before = snapshot(scene.run);
  const { result } = await scene.clean();
  expect(result).toMatchObject({
    deleted: false,
    refused: [{ reason: expect.stringMatching(/is the run itself/u) as string }],
  });
  expect(snapshot(scene.run)).toEqual(before);
});

const FOLDERS = {
  'a.txt': 'the content of a',
  'deep/b.txt': 'the content of b',
  'deep/more/c.txt': 'c',
  'd/d.txt': 'd',
};

/** A folder of the run's place comes to lead back to the run: `clean` keeps every file, over whatever way. */
async function expectFolderKept(lab: Lab, open: () => Transport, onDisk: (run: string) => string): Promise<void> {
  const nasCleanup = { minVerifyPasses: 1, minAgeHours: 0, minEvidence: 'cached-read' } as const;
  const config = { ...lab.config, nasCleanup };
  const run = await lab.makeRun(FOLDERS);
  const first = lab.open({ transport: open(), letGo: false, config });
  expect(await lab.sync(run, first)).toMatchObject({ state: 'verified' });
  await first.close();
  await mount(lab, join(onDisk(run), 'deep/more'), '--bind', join(run, 'deep/more'));
  const before = snapshot(run);

  const result = await lab.open({ transport: open(), drive: 'own', config }).clean(run);

  expect(result.deleted).toBe(false);
  expect(failing(result)).toContain('target_reachable');
  expect(JSON.stringify(result.interlocks)).toContain('no copy is there');
  expect(snapshot(run)).toEqual(before);
}

itMounts('keeps a proven run of which one folder on an SSH server became a mount of its own folder', async () => {
  const lab = await RsyncLab.with('gnu');
  await expectFolderKept(
    lab,
    () => lab.transport(),
    (run) => lab.onNas(run),
  );
});

itMounts('keeps a proven run of which one folder of an SFTP remote became a mount of its own folder', async () => {
  const lab = new Lab();
  const { transport, onDisk } = await remoteOf('sftp', lab);
  await expectFolderKept(
    lab,
    () => transport(),
    (run) => onDisk(run),
  );
});

itMounts('keeps a proven run of which one folder on the share became a mirror of its own folder', async () => {
  const scene = await LettingGo.proven();
  await mirror(scene.lab, scene.at('deep'), scene.onNas('deep'));
  const before = snapshot(scene.run);
  const { result } = await scene.clean();
  expect(result.deleted).toBe(false);
  expect(failing(result)).toContain('target_reachable');
  expect(JSON.stringify(result.interlocks)).toContain('no copy is there');
  expect(snapshot(scene.run)).toEqual(before);
});
