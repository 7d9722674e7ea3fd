import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { ConfigInput } from 'nas-sync';
import { expect, it } from 'vitest';
import { EQUIPMENT, Lab, listing } from '../../support/lab.js';
import { itMounts, mount } from './mounts.js';

const configOf = (localRoot: string, path: string): ConfigInput => ({
  equipment: [{ id: EQUIPMENT, localRoot, transport: { type: 'mount', path } }],
});

/** Syncs with the share at `path`, and holds the refusal against what must not have happened: any write. */
async function expectRefusal(lab: Lab, run: string, path: string, localRoot = lab.local): Promise<void> {
  const before = listing(lab.root).filter((name) => !name.startsWith('queue.db'));
  const job = await lab.sync(run, lab.open({ config: configOf(localRoot, path) }));
  expect(job.lastError).toMatchObject({ kind: 'wrong_target' });
  expect(job.lastError!.message).toContain('transport.path');
  expect(job).toMatchObject({ state: 'failed', attempts: 0 });
  expect(listing(lab.root).filter((name) => !name.startsWith('queue.db'))).toEqual(before);
}

it('refuses a target that is the run itself', async () => {
  const lab = new Lab();
  const run = await lab.makeRun({ 'a.txt': 'a' });

  await expectRefusal(lab, run, lab.local);
});

it('refuses a target that is the run by another name, a symbolic link', async () => {
  const lab = new Lab();
  const run = await lab.makeRun({ 'a.txt': 'a' });
  symlinkSync(lab.local, lab.at('share'));

  await expectRefusal(lab, run, lab.at('share'));
});

it('refuses a target inside the run', async () => {
  const lab = new Lab();
  const run = await lab.makeRun({ 'a.txt': 'a', 'share/': '' });

  await expectRefusal(lab, run, join(run, 'share'));
});

it('refuses a target that a symbolic link leads into the run', async () => {
  const lab = new Lab();
  const run = await lab.makeRun({ 'a.txt': 'a', 'share/': '' });
  symlinkSync(join(run, 'share'), lab.at('elsewhere'));

  await expectRefusal(lab, run, lab.at('elsewhere'));
});

it('refuses a run inside its own target', async () => {
  const lab = new Lab();
  const run = await lab.makeRun({ 'a.txt': 'a' }, 'local');

  await expectRefusal(lab, run, lab.root);
});

itMounts('refuses a target that is the run by another name, a bind mount', async () => {
  const lab = new Lab();
  const run = await lab.makeRun({ 'a.txt': 'a' });
  const share = await mount(lab, lab.at('share'), '--bind', lab.local);

  await expectRefusal(lab, run, share);
});

itMounts(
  'fails for a target inside the run that only its own copy gives away, and copies no copies',
  { timeout: 20_000 },
  async () => {
    const lab = new Lab({ delays: ['10ms'] });
    const run = await lab.makeRun({ 'a.txt': 'a', 'sub/b.txt': 'b' });
    const share = await mount(lab, lab.at('share'), '--bind', join(run, 'sub'));

    const job = await lab.sync(run, lab.open({ config: configOf(lab.local, share) }));

    expect(job).toMatchObject({ state: 'failed', lastError: { kind: 'wrong_target' } });
    expect(listing(run)).not.toContain('sub/Run_1/sub/Run_1/');
  },
);

it('takes a share that lies beside the run, in the same root', async () => {
  const lab = new Lab();
  const run = await lab.makeRun({ 'a.txt': 'a' });
  mkdirSync(join(lab.local, 'share'));

  const job = await lab.sync(run, lab.open({ config: configOf(lab.local, join(lab.local, 'share')) }));

  expect(job.state).toBe('verified');
});
