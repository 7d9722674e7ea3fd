import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { clearPlace, endOrphans, markFor } from '#dist/transports/process/orphans.js';
import { Toolbox } from '#dist/transports/process/toolbox.js';
import { expect, it, onTestFinished } from 'vitest';
import { isRunning, pidsIn } from './pids.js';

const TOOLBOX = new URL('../../../dist/transports/process/toolbox.js', import.meta.url).href;

/** Another process of ours, with a tool at work on a place, and a child of that tool. */
async function otherOwner(place: string): Promise<{ owner: ChildProcess; pids: number[] }> {
  const [lane, target] = place.split('|');
  const script = `
    import { Toolbox } from '${TOOLBOX}';
    const tools = new Toolbox(${JSON.stringify(lane)});
    await tools.start({
      tool: 'sh',
      args: ['-c', 'sleep 300 & echo $$ $!; wait'],
      target: ${JSON.stringify(target)},
      signal: new AbortController().signal,
      silenceMs: () => 1e9,
      onOut: (line) => process.stdout.write(line),
    });`;
  const owner = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(owner.stdout, 'data')) as [Buffer];
  const pids = pidsIn(line.toString());
  onTestFinished(() => {
    owner.kill('SIGKILL');
    for (const pid of pids) if (isRunning(pid)) process.kill(pid, 'SIGKILL');
  });
  return { owner, pids };
}

async function killed(owner: ChildProcess): Promise<void> {
  owner.kill('SIGKILL');
  await once(owner, 'exit');
}

it('what a killed process has left running is ended by the next start', async () => {
  const { owner, pids } = await otherOwner('mine|Run_1');
  await killed(owner);
  expect(pids.every(isRunning)).toBe(true);

  await endOrphans();

  expect(pids.filter(isRunning)).toEqual([]);
});

it('what a living process has at work is left alone by another start', async () => {
  const { pids } = await otherOwner('mine|Run_1');

  await endOrphans();

  expect(pids.every(isRunning)).toBe(true);
});

it('whoever holds the lease ends what another has at work on the same place, even one that only sleeps', async () => {
  const { owner, pids } = await otherOwner('mine|Run_1');
  const elsewhere = await otherOwner('mine|Run_2');
  owner.kill('SIGSTOP');

  await clearPlace('mine/Run_1');

  expect(pids.filter(isRunning)).toEqual([]);
  expect(elsewhere.pids.every(isRunning)).toBe(true);
});

it("a process's own tools on the place are not taken for another's", async () => {
  const tools = new Toolbox('mine');
  onTestFinished(() => tools.close());
  const { pid } = await tools.start({
    tool: 'sleep',
    args: ['300'],
    target: 'Run_1',
    signal: new AbortController().signal,
    silenceMs: () => 10_000,
  });

  await clearPlace('mine/Run_1');
  await endOrphans();

  expect(isRunning(pid)).toBe(true);
});

it('a stranger that has the id of a dead process of ours is no owner', async () => {
  const variable = Object.entries(markFor('mine/Run_1')).map(([name, value]) => [
    name,
    value.replace(/\/[^/]*\//u, '/another-boot:1/'),
  ]);
  const child = spawn('sleep', ['300'], { env: { ...process.env, ...Object.fromEntries(variable) }, stdio: 'ignore' });
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child, 'spawn');
  // Asked for before: it may be over by the time that the call returns.
  const ended = once(child, 'exit');

  await endOrphans();
  await ended;

  expect(child.signalCode).toBe('SIGKILL');
});

it.runIf(process.getuid?.() === 0)('what a process in another container has at work is left alone', async () => {
  const seconds = String(300_000 + process.pid);
  const script = `
    import { Toolbox } from '${TOOLBOX}';
    await new Toolbox('mine').start({
      tool: 'sleep', args: ['${seconds}'], target: 'Run_1', signal: new AbortController().signal, silenceMs: () => 1e9,
    });
    console.log('started');`;
  const node = [process.execPath, '--input-type=module', '--eval', script];
  const container = spawn('unshare', ['--pid', '--fork', '--kill-child', '--mount-proc', ...node], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void container.kill('SIGKILL'));
  await once(container.stdout, 'data');

  await endOrphans();
  await clearPlace('mine/Run_1');

  expect(execFileSync('pgrep', ['-fx', `sleep ${seconds}`], { encoding: 'utf8' })).toMatch(/^\d+\n$/u);
});
