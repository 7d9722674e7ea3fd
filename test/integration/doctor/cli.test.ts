import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DoctorReport } from 'nas-sync';
import { expect, test } from 'vitest';
import { documentOf, Workplace } from '../cli-workstation.js';

test('all well: a line each, grouped, summed up at the end, and exit 0', async () => {
  const { exitCode, stdout, stderr } = await new Workplace().cli('doctor');
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  const lines = stdout.split('\n');
  expect(lines[0]).toBe('this machine');
  expect(lines).toContain('SCOPE');
  expect(stdout).toMatch(/ {2}✔ damage_found .*one flipped bit/);
  expect(lines.at(-1)).toBe('✔ 19 checks, all are well');
});

test('--json gives one document in the shape of the contract, and nothing else', async () => {
  const answer = await new Workplace().cli('doctor', '--json');
  const report = documentOf(answer) as DoctorReport;
  expect(Object.keys(report)).toEqual(['ok', 'checks']);
  expect(report).toMatchObject({ ok: true });
  for (const check of report.checks) expect(Object.keys(check)).toEqual(['equipmentId', 'name', 'ok', 'detail', 'fix']);
  expect(answer).toMatchObject({ exitCode: 0, stderr: '' });
});

test('a failure has its fix below it, is named in the last line, and makes exit 1', async () => {
  const lab = new Workplace();
  rmSync(lab.nas, { recursive: true });
  const { exitCode, stdout } = await lab.cli('doctor', 'SCOPE');
  expect(exitCode).toBe(1);
  expect(stdout).toMatch(/✖ reachable .*is the share mounted.*\n {6}→ .*mount the share/);
  expect(stdout.split('\n').at(-1)).toBe('✖ 8 checks, 2 failed: SCOPE share_mounted, SCOPE reachable');
});

test('a queue that cannot be opened is a check like the others, and a document all the same', async () => {
  const lab = new Workplace();
  writeFileSync(`${lab.root}/broken.db`, 'no database'.repeat(100));
  const answer = await lab.cli('doctor', '--json', '--db', `${lab.root}/broken.db`);
  expect(answer.exitCode).toBe(1);
  expect((documentOf(answer) as DoctorReport).checks.at(-1)).toMatchObject({ name: 'database', ok: false });
});

test('an equipment that nobody knows is wrong usage', async () => {
  const answer = await new Workplace().cli('doctor', 'NO', '--json');
  expect(answer).toMatchObject({ exitCode: 2, stdout: '', stderr: expect.stringContaining('configured: SCOPE') });
});

test('--help has an example', async () => {
  expect((await new Workplace().cli('doctor', '--help')).stdout).toContain('nas-sync doctor CONFOCAL_01 --json');
});

test.each(['SIGINT', 'SIGTERM'] as const)('%s ends it with 130, and no canary stays', async (signal) => {
  const lab = new Workplace();
  // At 8 kbit/s the canary takes minutes.
  lab.configure({ uploadMbps: 0.008 });
  const started = lab.start(['--config', lab.config, 'doctor']);
  while (readdirSync(lab.nas).length === 0 && started.exitCode === null) await sleep(20);
  await sleep(300);
  started.kill(signal);
  const { exitCode, stdout, stderr } = await started;
  expect({ exitCode, stdout }).toEqual({ exitCode: 130, stdout: '' });
  expect(String(stderr)).not.toContain('canary');
  expect(readdirSync(lab.nas)).toEqual([]);
});

test.runIf(process.platform === 'linux')('on a terminal, a check that takes long is drawn', async () => {
  const lab = new Workplace();
  lab.configure({ uploadMbps: 0.8 });
  const { stdout } = await lab.shell(`script -qec "stty cols 100 rows 24; $CLI doctor" /dev/null`);
  expect(stdout).toMatch(/… SCOPE: canary_written \(/);
  expect(stdout).toContain('all are well');
});
