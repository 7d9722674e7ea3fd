import { setTimeout as sleep } from 'node:timers/promises';
import type { JournalView } from 'nas-sync';
import { afterEach, describe, expect, it } from 'vitest';
import { CliLab, ended } from '../support/cli-lab.js';
import { replayedJobs } from '../support/replayed.js';

const EQUIPMENT = ['SCOPE_A', 'SCOPE_B', 'SCOPE_C', 'SCOPE_D'];
const RUNS = 200;

let lab: CliLab;
afterEach(() => lab.close());

const journalOf = async (jobId: string): Promise<JournalView[]> => {
  const { stdout } = await lab.cli('history', jobId, '--json');
  return (JSON.parse(stdout) as { journal: JournalView[] }).journal;
};

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await sleep(200);
}

describe('two processes on one queue', () => {
  it('push each of 200 runs once and verify each once, and leave in order when told to', async () => {
    lab = await CliLab.open(EQUIPMENT);
    const runs: string[] = [];
    for (let index = 0; index < RUNS; index += 1) {
      runs.push(await lab.run(`${EQUIPMENT[index % EQUIPMENT.length]}/Run_${index}`, 3, () => 500 + index));
    }
    expect(await lab.cli('enqueue', ...runs, '--quiet')).toMatchObject({ exitCode: 0 });
    const processes = [lab.start('run', '--quiet'), lab.start('run', '--quiet')];
    await until(async () => (await lab.jobs()).every((job) => job.state === 'verified'));
    for (const child of processes) child.kill('SIGINT');
    expect(await Promise.all(processes.map(ended))).toEqual([130, 130]);

    const jobs = await lab.jobs();
    expect(jobs).toHaveLength(RUNS);
    const ways = await stepsOfAll();
    for (const job of jobs) {
      expect(ways.get(job.jobId)).toEqual(['enqueued', 'claimed', 'push.succeeded', 'claimed', 'verify.succeeded']);
    }
    for (const { stored, replayed } of await replayedJobs(lab.database)) expect(replayed).toEqual(stored);
  });

  it('work on different equipment at the same time, and on the same equipment never', async () => {
    lab = await CliLab.open(['SCOPE_A', 'SCOPE_B']);
    await lab.configure(['SCOPE_A', 'SCOPE_B'], 'max_lanes: 1', '2');
    const runs = ['SCOPE_A/Run_1', 'SCOPE_A/Run_2', 'SCOPE_B/Run_1', 'SCOPE_B/Run_2'];
    for (const run of runs) await lab.cli('enqueue', await lab.run(run, 2, () => 300_000), '--quiet');
    const processes = [lab.start('run', '--quiet'), lab.start('run', '--quiet')];
    let both = false;
    await until(async () => {
      const working = (await lab.jobs()).filter((job) => job.state === 'running');
      expect(new Set(working.map((job) => job.equipmentId)).size, 'one lane an equipment').toBe(working.length);
      both ||= working.length === 2;
      return (await lab.jobs()).every((job) => job.state === 'verified');
    });
    expect(both, 'both processes were pushing at once').toBe(true);
    for (const child of processes) child.kill('SIGINT');
    await Promise.all(processes.map(ended));
  });

  it('hand a job over at once when one of them is killed', async () => {
    lab = await CliLab.open();
    await lab.configure(['SCOPE'], 'lease_seconds: 3', '4');
    const run = await lab.run('Run_1', 4, () => 300_000);
    await lab.cli('enqueue', run, '--quiet');
    const first = lab.start('run', '--quiet');
    await until(async () => (await lab.jobs())[0]?.state === 'running');
    const second = lab.start('run', '--quiet');
    await sleep(500);
    first.kill('SIGKILL');
    await until(async () => (await lab.jobs())[0]?.state === 'verified');
    second.kill('SIGINT');
    await ended(second);
    const [job] = await lab.jobs();
    const events = (await journalOf(job?.jobId ?? '')).map((entry) => entry.event);
    expect(events.filter((event) => event === 'interrupted')).toHaveLength(1);
  });

  it('do not both act when one of them was asleep past its lease: what it then reports is refused', async () => {
    lab = await CliLab.open();
    await lab.configure(['SCOPE'], 'lease_seconds: 1', '4');
    const run = await lab.run('Run_1', 4, () => 300_000);
    await lab.cli('enqueue', run, '--quiet');
    const sleeper = lab.start('run', '--quiet');
    await until(async () => (await lab.jobs())[0]?.state === 'running');
    sleeper.kill('SIGSTOP');
    const second = lab.start('run', '--quiet');
    await until(async () => (await lab.jobs())[0]?.state === 'verified');
    sleeper.kill('SIGCONT');
    await sleep(1500);
    const [job] = await lab.jobs();
    expect(job).toMatchObject({ state: 'verified' });
    const events = (await journalOf(job?.jobId ?? '')).map((entry) => entry.event);
    expect(events).toEqual([
      'enqueued',
      'claimed',
      'interrupted',
      'claimed',
      'push.succeeded',
      'claimed',
      'verify.succeeded',
    ]);
    for (const child of [sleeper, second]) child.kill('SIGINT');
    expect(await Promise.all([sleeper, second].map(ended))).toEqual([130, 130]);
  });
});

/** The events of every job, by job; read from the store, as 200 commands would take minutes. */
async function stepsOfAll(): Promise<Map<string, string[]>> {
  const { openStore } = await import('#dist/persistence/store.js');
  const store = await openStore(lab.database);
  try {
    const steps = new Map<string, string[]>();
    for (const job of await store.jobs.list()) {
      steps.set(
        job.jobId,
        (await store.jobs.journal(job.jobId)).map((entry) => entry.event),
      );
    }
    return steps;
  } finally {
    await store.close();
  }
}
