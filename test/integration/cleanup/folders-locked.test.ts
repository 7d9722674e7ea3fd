import { chmodSync, chownSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { execa } from 'execa';
import { describe, expect } from 'vitest';
import { snapshot } from './cleanup-lab.js';
import { itAsNobody, LockedRun, TREE, type LockedRunOptions } from './locked-run.js';

const RECORDS = '.exlab-wizard';
const LEAVES = { retain_cache: false };

interface Case {
  readonly name: string;
  readonly options?: LockedRunOptions;
  readonly lock: (locked: LockedRun) => unknown;
  readonly measured: RegExp;
  readonly fix: (locked: LockedRun) => string;
}

const chmodOf =
  (...paths: readonly string[]) =>
  (locked: LockedRun): string =>
    `\`chmod u+rwx ${paths.map((path) => `'${locked.at(path)}'`).join(' ')}\``;

const CASES: Case[] = [
  {
    name: 'deep in the run',
    lock: (locked) => locked.chmod(0o555, 'deep/er'),
    measured: /^deep\/er: .*mode 0555/u,
    fix: chmodOf('deep/er'),
  },
  {
    name: 'at its top',
    lock: (locked) => locked.chmod(0o500, ''),
    measured: /^\.: .*mode 0500/u,
    fix: chmodOf(''),
  },
  {
    name: 'that is its record folder, where the trash is made',
    lock: (locked) => locked.chmod(0o555, RECORDS),
    measured: /^\.exlab-wizard: /u,
    fix: chmodOf(RECORDS),
  },
  {
    name: 'that holds nothing but another folder',
    options: { tree: { 'only/deep/a.txt': 'a' } },
    lock: (locked) => locked.chmod(0o555, 'only'),
    measured: /^only: /u,
    fix: chmodOf('only'),
  },
  {
    name: 'of an annex, whose links lead there',
    options: {
      tree: { '.git/annex/objects/a/key/key': 'a', '.git/annex/objects/b/key/key': 'b' },
      prepare: (run) => execa('ln', ['-s', '.git/annex/objects/a/key/key', `${run}/scan.tif`]),
    },
    lock: (locked) => {
      for (const key of ['a', 'b'].map((one) => `.git/annex/objects/${one}/key`)) {
        locked.chmod(0o444, `${key}/key`);
        locked.chmod(0o555, key);
      }
    },
    measured: /^\.git\/annex\/objects\/a\/key: .*; \.git\/annex\/objects\/b\/key: /u,
    fix: chmodOf('.git/annex/objects/a/key', '.git/annex/objects/b/key'),
  },
  {
    name: 'of which there are many',
    lock: (locked) => locked.chmod(0o555, 'deep/er', 'deep', 'other', RECORDS, ''),
    measured: /; and 2 more$| and 2 more$/u,
    fix: ({ run }) => `\`find '${run}' -type d -exec chmod u+rwx {} +\``,
  },
  {
    name: 'of the record folder, where that leaves too',
    options: { cleanup: LEAVES, prepare: (run) => withFile(`${run}/${RECORDS}/logs/day.log`) },
    lock: (locked) => locked.chmod(0o555, `${RECORDS}/logs`),
    measured: /^\.exlab-wizard\/logs: /u,
    fix: chmodOf(`${RECORDS}/logs`),
  },
  {
    name: 'above the run, where the run folder leaves too',
    options: { cleanup: LEAVES },
    lock: ({ run }) => chmodSync(dirname(run), 0o555),
    measured: /day 1: this account may not remove anything from it/u,
    fix: ({ run }) => `\`chmod u+rwx '${dirname(run)}'\``,
  },
  {
    name: 'of another account',
    lock: (locked) => chownSync(locked.at('deep'), 0, 0),
    measured: /^deep: .*owner uid 0/u,
    fix: (locked) => `\`sudo chown nobody '${locked.at('deep')}'\``,
  },
  {
    name: 'of another account, who may not write there either',
    lock: (locked) => {
      chownSync(locked.at('deep'), 0, 0);
      locked.chmod(0o555, 'deep');
    },
    measured: /^deep: .*mode 0555, owner uid 0/u,
    fix: (locked) => `sudo chown nobody '${locked.at('deep')}' && sudo chmod u+rwx '${locked.at('deep')}'`,
  },
  {
    name: 'of another account above the run',
    options: { cleanup: LEAVES },
    lock: ({ run }) => chownSync(dirname(run), 0, 0),
    measured: /day 1: .*owner uid 0/u,
    fix: ({ run }) =>
      `\`sudo chown nobody '${dirname(run)}'\`, or keep the folder of the run: \`nas_cleanup.retain_cache`,
  },
  {
    name: 'that is sticky, with a file of another account',
    lock: (locked) => {
      for (const path of ['other', 'other/d.txt']) chownSync(locked.at(path), 0, 0);
      locked.chmod(0o1777, 'other');
    },
    measured: /^other: it is sticky/u,
    fix: (locked) => `\`sudo chown nobody '${locked.at('other')}'\``,
  },
];

describe('folders that may not be emptied (10.8): a folder', () => {
  itAsNobody.each(CASES)('$name keeps every file, and the command that is named lets them go', async (one) => {
    const locked = await LockedRun.proven(one.options);
    await one.lock(locked);
    const { measured, fix } = await locked.heldBack();
    expect(measured).toMatch(one.measured);
    expect(fix).toContain(one.fix(locked));
    await locked.follow(fix);
    await locked.expectDeleted();
    expect(existsSync(locked.run)).toBe(one.options?.cleanup !== LEAVES);
  });

  itAsNobody.each(['000', '444', '600'])(
    'of mode %s, into which nobody may look, is named with the command',
    async (mode) => {
      const locked = await LockedRun.proven();
      locked.chmod(parseInt(mode, 8), 'deep');
      const answer = await locked.cli('clean', locked.run);
      expect(answer).toMatchObject({ exitCode: 1 });
      expect(answer.stdout).toMatch(/✖ folders_writable +deep: /u);
      expect(answer.stdout).toContain(chmodOf('deep')(locked));
      await locked.follow(chmodOf('deep')(locked));
      await locked.expectDeleted();
    },
  );
});

describe('folders that may not be emptied (10.8): `run`', () => {
  itAsNobody('keeps every file, `status` says why, and it deletes once the command was run', async () => {
    const locked = await LockedRun.proven();
    locked.chmod(0o555, 'deep/er');
    const before = snapshot(locked.run);
    await locked.cli('run', '--once');
    expect(snapshot(locked.run)).toEqual(before);
    expect((await locked.cli('status', locked.run)).stdout).toContain('deep/er: this account may not remove anything');
    const { stdout } = await locked.cli('explain', locked.run);
    expect(stdout).toContain(chmodOf('deep/er')(locked));
    await locked.follow(stdout);
    await locked.expectDeleted();
  });
});

const HARMLESS: Omit<Case, 'measured' | 'fix'>[] = [
  {
    name: 'an empty folder of mode 0555',
    options: { prepare: (run) => mkdirSync(`${run}/empty`) },
    lock: (locked) => locked.chmod(0o555, 'empty'),
  },
  { name: 'files of mode 0444', lock: (locked) => locked.chmod(0o444, 'a.txt', 'deep/b.bin') },
  { name: 'a locked folder above the run, which keeps its folder', lock: ({ run }) => chmodSync(dirname(run), 0o555) },
  { name: 'a sticky folder of this account', lock: (locked) => locked.chmod(0o1777, 'deep', '') },
  {
    name: 'a sticky folder of another account with files of this one',
    lock: (locked) => {
      chownSync(locked.at('other'), 0, 0);
      locked.chmod(0o1777, 'other');
    },
  },
  { name: 'files of another account', lock: (locked) => chownSync(locked.at('other/d.txt'), 0, 0) },
  {
    name: 'a locked folder that holds nothing but a volatile name',
    options: { tree: { ...TREE, 'view/Thumbs.db': 'x' } },
    lock: (locked) => locked.chmod(0o555, 'view'),
  },
];

describe('folders that may not be emptied (10.8): no deletion is held back by', () => {
  itAsNobody.each(HARMLESS)('$name', async ({ options, lock }) => {
    const locked = await LockedRun.proven(options);
    await lock(locked);
    const answer = await locked.cli('clean', locked.run, '--json');
    expect(answer.stdout).toContain('"deleted": true');
    expect(existsSync(locked.at('a.txt'))).toBe(false);
  });
});

function withFile(path: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, 'x');
}
