import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { assertNoOptionAlias, findOptionAlias } from '#dist/transports/rsync/option-aliases.js';
import { expect, it, onTestFinished } from 'vitest';

function etcWith(files: Record<string, string>): string {
  const etc = mkdtempSync(join(tmpdir(), 'nas-sync-etc-'));
  onTestFinished(() => rmSync(etc, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(etc, name)), { recursive: true });
    writeFileSync(join(etc, name), text);
  }
  return etc;
}

it.each([
  ['popt', '# ours\nrsync alias --perms --perms --remove-source-files\n'],
  ['popt', '\trsync\texec --times /usr/local/bin/mine\n'],
  ['popt.d/rsync.conf', 'rpm alias --x --y\nrsync alias -z --delete\n'],
  ['popt', 'r* alias --perms --perms --remove-source-files\n'],
  ['popt', '* alias --perms --perms --remove-source-files\n'],
  ['popt', '[r]sync alias --perms --perms --remove-source-files\n'],
  ['popt', 'rsync \\\nalias --perms --perms --remove-source-files\n'],
  ['popt', 'rsync\\\n alias --perms --perms --remove-source-files\n'],
  ['popt', 'rsync alias\\\n --perms --perms --remove-source-files\n'],
  ['popt', 'rsy\\\nnc alias --perms --perms --remove-source-files\n'],
])('refuses to start rsync where %s gives one of its options another meaning: %j', async (name, text) => {
  const etc = etcWith({ [name]: text });

  expect(await findOptionAlias(etc)).toMatchObject({ file: join(etc, name) });
  await expect(assertNoOptionAlias(etc)).rejects.toMatchObject({
    code: 'not_configured',
    message: expect.stringContaining(`${join(etc, name)} gives an rsync option another meaning`) as string,
  });
});

it('accepts a machine without such files, and files that speak of other programs', async () => {
  expect(await findOptionAlias(etcWith({}))).toBeNull();
  expect(
    await findOptionAlias(etcWith({ popt: 'rpm alias --x --y\n# rsync alias --perms --delete\n', 'popt.d/a': '' })),
  ).toBeNull();
});
