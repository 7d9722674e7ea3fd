import { appendFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { documentOf, Workplace } from './cli-workstation.js';

describe('damage that verify has just found', () => {
  test.each([
    ['another content', (file: string) => appendFileSync(file, 'rot'), '1 different (data.bin)'],
    ['no such file', (file: string) => rmSync(file), '1 missing on the NAS (data.bin)'],
  ])('is the first that status and explain say: %s', async (_, damage, says) => {
    const lab = new Workplace();
    const [run] = [await lab.run('Run_1'), await lab.run('Run_0')];
    await lab.cli('sync', run, join(lab.local, 'Run_0'));
    damage(join(lab.nas, 'Run_1/data.bin'));
    expect((await lab.cli('verify', run)).exitCode).toBe(4);

    const [, first, note] = (await lab.cli('status')).stdout.split('\n');
    expect(first).toContain('Run_1');
    expect(note).toContain(`the NAS copy is damaged: ${says}`);
    const because = (await lab.cli('explain', run)).stdout.split('\n').find((line) => line.startsWith('because'));
    expect(because).toMatch(/^because +the NAS copy is damaged: /u);

    await lab.cli('run', '--once');
    expect(documentOf(await lab.cli('status', run, '--json'))).toMatchObject({
      jobs: [{ state: 'verified', waitingFor: [{ name: 'verify_passes' }] }],
    });
  });
});

describe('what only the NAS has', () => {
  it('is told by verify with exit status 4, and no healing is promised', async () => {
    const lab = new Workplace();
    const run = await lab.run('Run_1');
    await lab.cli('sync', run);
    const proof = (await lab.cli('proof', run)).stdout;
    writeFileSync(join(lab.root, 'proof.json'), proof);
    mkdirSync(join(lab.nas, 'Run_1/results'));
    writeFileSync(join(lab.nas, 'Run_1/results/plot.png'), 'x');

    const verified = await lab.cli('verify', run);
    expect(verified.exitCode).toBe(4);
    expect(verified.stderr).toContain('holds the run, and more');
    expect(verified.stderr).not.toMatch(/heal/u);
    const checked = await lab.cli('proof', run, '--check', join(lab.root, 'proof.json'));
    expect(checked.exitCode).toBe(4);
    expect(checked.stderr).toContain('the NAS holds all that the proof names, and more');
    expect(checked.stderr).not.toContain('does not hold');
  });

  it('of a cleaned run no healing is promised either', async () => {
    const lab = new Workplace();
    lab.configure({ cleanup: { min_verify_passes: 1, min_age_hours: 0, min_evidence: 'cached-read' } });
    const run = await lab.run('Run_1');
    await lab.cli('sync', '--until', 'cleaned', '--wait', run);
    appendFileSync(join(lab.nas, 'Run_1/data.bin'), 'rot');
    const verified = await lab.cli('verify', run);
    expect(verified.exitCode).toBe(4);
    expect(verified.stderr).toContain('the local copy is gone, so nothing heals it from here');
  });
});

describe('a low limit of open files', () => {
  test.each([64, 200, 511])('of %i is told in one line', async (limit) => {
    const lab = new Workplace();
    const { exitCode, stderr } = await lab.shell(`ulimit -n ${limit}; exec $CLI status`);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^nas-sync: this process may open \d+ files, and needs 512: raise the limit \(.*\)$/u);
  });

  it('that is just enough lets a run with many files be synced', async () => {
    const lab = new Workplace();
    const files = Object.fromEntries(Array.from({ length: 1500 }, (_, index) => [`f${index}.bin`, `${index}`]));
    const run = await lab.run('Run_1', files);
    expect(await lab.shell(`ulimit -n 512; exec $CLI sync ${run}`)).toMatchObject({ exitCode: 0 });
  });
});
