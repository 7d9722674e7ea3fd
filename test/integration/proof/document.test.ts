import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sha256sumCheck } from '../../support/lab.js';
import { documentOf, TIME, Workplace } from '../cli-workstation.js';
import { asDocument, byExample, FILES, keep, proven } from './checks.js';

describe('nas-sync proof', () => {
  it('prints a document that names everything, and is the same with --json', async () => {
    const place = new Workplace();
    const { run, file } = await proven(place);
    const answer = await place.cli('proof', run, '--json');

    const document = asDocument(readFileSync(file, 'utf8'));

    expect(document).toMatchObject({
      ...{ format: 'nas-sync proof', version: 1, state: 'verified', cleanedAt: null },
      by: { program: 'nas-sync', at: TIME },
      run: { runPath: run, equipmentId: 'SCOPE', label: 'SCOPE', nasPath: '//nas/lab/Run_1' },
      target: { type: 'mount', place: `mount:${place.nas}`, path: 'Run_1' },
      policy: { minVerifyPasses: 2, minAgeHours: 24 },
      passes: [{ counts: true, at: TIME, expiresAt: TIME, files: 3, bytes: 100_001 }],
      ...{
        interlocks: [],
        deletion: null,
        actions: [],
        links: [{ path: 'to-a', linkTo: 'a.txt' }],
        followed: [],
        folders: ['sub folder'],
      },
    });
    const record = JSON.parse(readFileSync(join(run, '.exlab-wizard/creation.json'), 'utf8'));
    expect(document.run.runId).toBe(record.nas_sync_run_id);
    const token = JSON.parse(readFileSync(join(place.nas, '.nas-sync-target.json'), 'utf8'));
    expect(Object.values(token)).toContain(document.target.token);
    const { by: _, sha256: __, ...rest } = document;
    expect(documentOf(answer)).toMatchObject(rest);
    expect(answer.stderr).toMatch(/3 files, 100 kB, 1 pass that counts; deletion: not allowed yet/);
  });

  it('names the hashes that sha256sum finds on the NAS', async () => {
    const place = new Workplace();
    const { file, copy } = await proven(place);
    await sha256sumCheck(copy);
    const manifest = readFileSync(join(copy, '.exlab-wizard/checksums.sha256'), 'utf8');

    const { files, passes } = asDocument(readFileSync(file, 'utf8'));

    expect(files.map(({ sha256, path }) => `${sha256}  ${path}\n`).join('')).toBe(manifest);
    const sum = await place.shell(`sha256sum < '${copy}/.exlab-wizard/checksums.sha256'`);
    expect(String(sum.stdout).split(' ')[0]).toBe(passes.at(-1)?.manifestSha256);
  });

  it('refuses a run that nothing proves yet, and says what to do', async () => {
    const place = new Workplace();
    const run = await place.run('Run_1', FILES);
    await place.cli('enqueue', run);

    const answer = await place.cli('proof', run);

    expect(answer).toMatchObject({ exitCode: 1, stdout: '' });
    expect(answer.stderr).toMatch(/Run_1 is queued, and no pass has proven .*; `nas-sync run` brings it on/);
  });

  it('refuses a run whose newest data nothing proves yet', async () => {
    const place = new Workplace();
    const { run } = await proven(place);
    writeFileSync(join(run, 'new.txt'), 'new');
    await place.cli('enqueue', run);

    expect(await place.cli('proof', run)).toMatchObject({ exitCode: 1, stdout: '' });
  });

  it('writes no name that would move a terminal, and keeps the value', async () => {
    const place = new Workplace();
    const name = 'a\u009b31m\u202etxt';
    const run = await place.run('Run_1', { 'b.txt': 'b' });
    symlinkSync('b.txt', join(run, name));
    await place.cli('override', 'add', run, '--class', 'illegal_filesystem_character', '--reason', 'a test');
    await place.cli('sync', run);

    const { stdout } = await place.cli('proof', run);

    expect(stdout).toContain('a\\u009b31m\\u202etxt');
    expect(asDocument(stdout).links).toEqual([{ path: name, linkTo: 'b.txt' }]);
    expect(await byExample(keep(place, asDocument(stdout)))).toMatchObject({ exitCode: 0 });
  });
});
