import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CleanResult, Explanation } from 'nas-sync';
import { describe, expect, test } from 'vitest';
import { documentOf, statesOf, Workplace } from './cli-workstation.js';

const AT_ONCE = { min_verify_passes: 1, min_age_hours: 0, min_evidence: 'cached-read' };

async function proven(cleanup: Readonly<Record<string, unknown>> = AT_ONCE): Promise<{ lab: Workplace; run: string }> {
  const lab = new Workplace();
  lab.configure({ cleanup });
  const run = await lab.run('Run_1', { 'a.txt': 'a', 'sub/b.txt': 'bb' });
  await lab.cli('sync', run);
  return { lab, run };
}

describe('clean', () => {
  test('--dry-run measures every interlock, says that the run would go, and changes nothing', async () => {
    const { lab, run } = await proven();
    const answer = await lab.cli('clean', '--dry-run', run, '--json');
    expect(answer.exitCode).toBe(0);
    const result = documentOf(answer) as CleanResult;
    expect(result).toMatchObject({ runPath: run, deleted: false, refused: [], files: 2, bytes: 3 });
    expect(result.interlocks.map(({ ok }) => ok)).toEqual(Array.from({ length: 16 }, () => true));
    expect(existsSync(join(run, 'a.txt'))).toBe(true);
    expect(statesOf(await lab.cli('status', run, '--json'))).toEqual(['verified']);
  });

  test('deletes what is proven, and says how much', async () => {
    const { lab, run } = await proven();
    const answer = await lab.cli('clean', run);
    expect(answer).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^✔ cleaned \(2 files, 3 B\)/) });
    expect(existsSync(join(run, 'a.txt'))).toBe(false);
    expect(existsSync(join(run, '.exlab-wizard/checksums.sha256'))).toBe(true);
    expect(statesOf(await lab.cli('status', run, '--json'))).toEqual(['cleaned']);
  });

  test('keeps a run that holds something new, names it, and says the way out', async () => {
    const { lab, run } = await proven();
    writeFileSync(join(run, 'late.txt'), 'x');
    const answer = await lab.cli('clean', run, '--json');
    expect(answer.exitCode).toBe(1);
    expect(answer.stderr).toContain('nothing_unproven (late.txt: a new file)');
    expect(answer.stderr).toContain(`nas-sync enqueue ${run}`);
    expect(documentOf(answer)).toMatchObject({ deleted: false, refused: [{ path: 'late.txt', reason: 'a new file' }] });
    expect(existsSync(join(run, 'a.txt'))).toBe(true);
  });

  test('shows by the default policy what is missing, and when it comes', async () => {
    const { lab, run } = await proven({});
    const { exitCode, stdout } = await lab.cli('clean', run);
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(
      /✖ verify_passes +1 of 2 passes {2}\(required: 2 passes\)\n +→ the next pass comes by itself/,
    );
    expect(stdout).toMatch(/✖ age +0 min since the last pass/);
  });

  test('is refused where the policy deletes nothing, and for a run that is cleaned', async () => {
    const { lab, run } = await proven({ ...AT_ONCE, enabled: false });
    expect(await lab.cli('clean', run)).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('nas_cleanup.enabled is false'),
    });
    lab.configure({ cleanup: AT_ONCE });
    expect(await lab.cli('clean', run)).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('nas-sync run --accept-policy'),
    });
    expect((await lab.cli('run', '--once', '--accept-policy')).exitCode).toBe(0);
    expect(await lab.cli('clean', run)).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('cleaned already'),
    });
  });
});

test('run --once lets go what may go', async () => {
  const { lab, run } = await proven();
  expect((await lab.cli('run', '--once')).exitCode).toBe(0);
  expect(statesOf(await lab.cli('status', run, '--json'))).toEqual(['cleaned']);
});

test('status and explain of a run that is kept say the same reason', async () => {
  const { lab, run } = await proven();
  writeFileSync(join(run, 'late.txt'), 'x');
  await lab.cli('run', '--once');
  expect((await lab.cli('status', run)).stdout).toContain('late.txt: a new file');
  const { deletion, because } = documentOf(await lab.cli('explain', run, '--json')) as Explanation;
  expect(because).toContain('late.txt: a new file');
  expect(deletion.interlocks.find(({ name }) => name === 'nothing_unproven')).toMatchObject({
    ok: false,
    measured: 'late.txt: a new file',
    fix: expect.stringContaining('nas-sync enqueue') as string,
  });
});

test('a cleaned run refuses retry, and an enqueue with new files; verify compares its proof with the NAS', async () => {
  const { lab, run } = await proven();
  await lab.cli('clean', run);
  expect(await lab.cli('retry', run)).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('is cleaned') });
  expect((await lab.cli('verify', run)).exitCode).toBe(0);
  writeFileSync(join(run, 'late.txt'), 'x');
  const refused = await lab.cli('enqueue', run);
  expect(refused.exitCode).toBe(1);
  expect(refused.stderr).toMatch(
    /holds new data: late\.txt; move that to a run folder of its own, or .*nas-sync restore/,
  );
  writeFileSync(join(lab.nas, 'Run_1/a.txt'), 'A');
  expect((await lab.cli('verify', run)).exitCode).toBe(4);
});
