import { chmodSync, chownSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { differences, sha256sumCheck } from '../../support/lab.js';
import { ORDINARY } from '../../support/servers/ssh-accounts.js';
import { RsyncLab, type RsyncLabOptions } from '../rsync/rsync-lab.js';
import {
  expectSetgidKept,
  lock,
  LOCKED_TREE,
  makeSetgid,
  MODES_OF_COPY,
  modesIn,
  octal,
  SETGID_TREE,
} from './locked-tree.js';

/** Root reads everything here; the account on the server is an ordinary one. */
const ACCOUNTS: readonly RsyncLabOptions[] = [
  { flavour: 'gnu', loginShell: 'bash' },
  { flavour: 'busybox', loginShell: 'busybox' },
  { flavour: 'rsync-only', loginShell: 'bash' },
];

describe.runIf(process.getuid?.() === 0).each(ACCOUNTS)('on an ordinary account: %o', (account) => {
  const start = () => RsyncLab.with(account.flavour, account);

  it('the account can read what it got from root, whatever its mode was, and proves it', async () => {
    const lab = await start();
    const run = await lab.makeRun(LOCKED_TREE);
    lock(run);

    expect(await lab.sync(run)).toMatchObject({ state: 'verified', lastError: null });

    expect(await differences(run, lab.onNas(run))).toBe('');
    expect(modesIn(lab.onNas(run))).toEqual(MODES_OF_COPY);
  });

  it('a second sync that has to write into every folder succeeds', async () => {
    const lab = await start();
    const run = await lab.makeRun(LOCKED_TREE);
    lock(run);
    await lab.sync(run);
    for (const folder of ['shared', 'no way in', 'read-only folder/deeper']) {
      writeFileSync(join(run, folder, 'later.txt'), 'later');
    }
    writeFileSync(join(run, 'read-only.bin'), 'other content, of another size');

    expect(await lab.sync(run)).toMatchObject({ state: 'verified', lastError: null });

    expect(await differences(run, lab.onNas(run))).toBe('');
  });

  it('the folders of a share keep their group and their setgid bit, also those that are new', async () => {
    const lab = await start();
    makeSetgid(lab.server.folder, ORDINARY.uid);
    const run = await lab.makeRun(SETGID_TREE);

    expect(await lab.sync(run)).toMatchObject({ state: 'verified', lastError: null });

    expectSetgidKept(lab.onNas(run));
  });
});

describe.runIf(process.getuid?.() === 0)('on an ordinary account with a shell', () => {
  it('the umask of the account holds', async () => {
    const lab = await RsyncLab.with('gnu', { loginShell: 'bash' });
    writeFileSync(join(lab.server.home, '.bashrc'), 'umask 027\n');
    const run = await lab.makeRun({ 'a/b.txt': 'b', 'open.txt': 'for all' });
    chmodSync(join(run, 'open.txt'), 0o666);

    expect(await lab.sync(run)).toMatchObject({ state: 'verified', lastError: null });

    expect(['a', 'a/b.txt', 'open.txt'].map((path) => octal(lab.onNas(run, path)))).toEqual(['750', '640', '640']);
  });

  it.each(['gnu', 'busybox'] as const)(
    'a copy that was locked on the NAS is unlocked by the next push: %s',
    async (flavour) => {
      const lab = await RsyncLab.with(flavour, { loginShell: flavour === 'gnu' ? 'bash' : 'busybox' });
      const run = await lab.makeRun(LOCKED_TREE);
      await lab.sync(run);
      lock(lab.onNas(run));
      writeFileSync(join(run, 'no way in/later.txt'), 'later');
      writeFileSync(join(run, 'read-only folder/deeper/data.bin'), 'new content');

      expect(await lab.sync(run)).toMatchObject({ state: 'verified', lastError: null });

      expect(await differences(run, lab.onNas(run))).toBe('');
      await sha256sumCheck(lab.onNas(run));
      expect(octal(lab.onNas(run, 'shared'))).toBe('2775');
    },
  );

  it('a folder that storage made for itself beside the files is not unlocked', async () => {
    const lab = await RsyncLab.with('gnu', { loginShell: 'bash' });
    const run = await lab.makeRun({ 'a.txt': 'a' });
    await lab.sync(run);
    const eaDir = lab.onNas(run, '@eaDir');
    mkdirSync(eaDir, { mode: 0o500 });
    chownSync(eaDir, ORDINARY.uid, ORDINARY.gid);
    writeFileSync(join(run, 'later.txt'), 'later');

    expect(await lab.sync(run)).toMatchObject({ state: 'verified', lastError: null });

    expect(octal(eaDir)).toBe('500');
    rmSync(eaDir, { recursive: true });
  });
});
