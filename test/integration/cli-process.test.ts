import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { loadConfig, NasSyncClient } from 'nas-sync';
import { describe, expect, test } from 'vitest';
import { Workplace, jobsOf, statesOf } from './cli-workstation.js';

/** At 4 Mbit/s, half a minute: time for several commands on a busy machine. Of noise, as holes are not sent. */
const SLOW = { 'big.bin': randomBytes(16 * 1024 * 1024) };

async function slowLab(): Promise<{ lab: Workplace; run: string }> {
  const lab = new Workplace();
  lab.configure({ uploadMbps: 4 });
  return { lab, run: await lab.run('Run_1', SLOW) };
}

/** A process of the command line, once it has said `word` on stderr. */
async function startedWith(lab: Workplace, args: readonly string[], word: string) {
  const started = lab.start(['--config', lab.config, ...args]);
  let said = '';
  while (!said.includes(word)) {
    const [chunk] = (await once(started.stderr as Readable, 'data')) as [Buffer];
    said += chunk.toString();
  }
  // Not the process itself: a promise of it would be its end.
  return { kill: (signal: NodeJS.Signals) => started.kill(signal), ended: async () => started };
}

describe.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('%s during a sync', (signal) => {
  test('ends it soon with 130 and an empty stdout, and the job is queued again', async () => {
    const { lab, run } = await slowLab();
    const sync = await startedWith(lab, ['sync', run, '--json'], 'queued → running');
    await sleep(500);
    const since = Date.now();
    sync.kill(signal);
    const { exitCode, stdout, stderr } = await sync.ended();
    expect({ exitCode, stdout }).toEqual({ exitCode: 130, stdout: '' });
    expect(stderr).toContain('nas-sync: interrupted');
    expect(Date.now() - since).toBeLessThan(5000);
    expect(jobsOf(await lab.cli('status', '--json'))).toMatchObject([{ state: 'queued', attempts: 0 }]);
  });
});

test('the sync after an interrupted one completes', async () => {
  const { lab, run } = await slowLab();
  const sync = await startedWith(lab, ['sync', run], 'queued → running');
  await sleep(500);
  sync.kill('SIGINT');
  await sync.ended();
  lab.configure({});
  expect(statesOf(await lab.cli('sync', run, '--json'))).toEqual(['verified']);
});

test('run works until it is interrupted', async () => {
  const lab = new Workplace();
  await lab.cli('enqueue', await lab.run('Run_1'));
  const running = await startedWith(lab, ['run'], '→ verified');
  running.kill('SIGINT');
  expect(await running.ended()).toMatchObject({ exitCode: 130, stdout: '' });
});

describe('while another process works on the same database', () => {
  test('status, history, enqueue and cancel answer', async () => {
    const { lab, run } = await slowLab();
    const sync = await startedWith(lab, ['sync', run, '--json'], 'queued → running');
    expect(statesOf(await lab.cli('status', '--json'))).toEqual(['running']);
    expect((await lab.cli('history', run)).stdout).toContain('claimed');
    expect(statesOf(await lab.cli('enqueue', await lab.run('Run_2'), '--json'))).toEqual(['queued']);
    expect(statesOf(await lab.cli('cancel', run, '--json'))).toEqual(['failed']);
    expect(await sync.ended()).toMatchObject({ exitCode: 1, stdout: expect.stringContaining('"kind": "cancelled"') });
  });

  test('a host that embeds the engine does not keep status from answering', async () => {
    const lab = new Workplace();
    await using host = new NasSyncClient({ config: await loadConfig(lab.config) });
    await host.enqueue(await lab.run('Run_1'));
    await host.waitFor(join(lab.local, 'Run_1'), 'verified');
    expect(statesOf(await lab.cli('status', '--json'))).toEqual(['verified']);
  });

  test('run --once leaves what the other process has at hand, and says so', async () => {
    const { lab, run } = await slowLab();
    await lab.cli('enqueue', run, await lab.run('Run_2'));
    const running = await startedWith(lab, ['run'], 'running');
    const answer = await lab.cli('run', '--once', '--json');
    expect(answer).toMatchObject({ exitCode: 5, stderr: expect.stringContaining('another process is at work') });
    running.kill('SIGINT');
    await running.ended();
  });
});

describe('stdout', () => {
  test('may be closed by a reader that has seen enough', async () => {
    const lab = new Workplace();
    const run = await lab.run('Run_1');
    await lab.cli('sync', run);
    const { stdout, stderr } = await lab.shell(`$CLI history ${run} | head -1; echo "\${PIPESTATUS[0]}"`);
    expect({ stdout, stderr }).toEqual({ stdout: expect.stringMatching(/Run_1 {2}verified.*\n0$/), stderr: '' });
  });

  test('may be closed before anything is written', async () => {
    const { stdout, stderr } = await new Workplace().shell('{ sleep 0.5; $CLI diagram; echo "$?" >&2; } | true');
    expect({ stdout, stderr }).toEqual({ stdout: '', stderr: '0' });
  });

  test.runIf(process.platform === 'linux')('that is full is a failure', async () => {
    const { exitCode, stderr } = await new Workplace().shell('$CLI diagram > /dev/full');
    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: expect.stringContaining('could not be written') });
  });
});

describe.runIf(process.platform === 'linux')('on a terminal', () => {
  const onTerminal = (lab: Workplace, command: string) =>
    lab.shell(`script -qec "stty cols 100 rows 24; $CLI ${command}" /dev/null`);

  test('progress is drawn, and goes before the result', async () => {
    const { lab, run } = await slowLab();
    lab.configure({ uploadMbps: 16 });
    const { stdout } = await onTerminal(lab, `sync ${run}`);
    expect(stdout).toMatch(/▶ Run_1 {2}pushing .*[█░].* % /);
    expect(String(stdout).split('\x1b[2K').at(-1)).toMatch(/verified/);
  });

  test('the state has its colour', async () => {
    const lab = new Workplace();
    const { stdout } = await onTerminal(lab, `sync ${await lab.run('Run_1')}`);
    expect(stdout).toContain('\x1b[32m✔ verified\x1b[39m');
  });

  test('--no-color takes it away', async () => {
    const lab = new Workplace();
    const { stdout } = await onTerminal(lab, `sync --no-color ${await lab.run('Run_1')}`);
    expect(stdout).not.toContain('\x1b[32m');
  });
});
