import { execFile, execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { expect, it, onTestFinished, vi } from 'vitest';
import { openStore } from '#dist/persistence/store.js';
import { clearPlace, endOrphans, markFor } from '#dist/transports/process/orphans.js';
import { Toolbox } from '#dist/transports/process/process-runner.js';
import { EQUIPMENT, fill, Lab } from '../../support/lab.js';
import { isRunning, pidsIn } from './pids.js';

/** Other test files may be at work beside this one, on queues of their own. */
const QUEUE: string = randomUUID();
const PLACE = { place: 'mine/Run_1', queueId: QUEUE };
const TOOLBOX = new URL('../../../dist/transports/process/process-runner.js', import.meta.url).href;
const ORPHANS = new URL('../../../dist/transports/process/orphans.js', import.meta.url).href;

/** Another process of ours, with a tool at work on a place, and a child of that tool. */
async function otherOwner(place: string, queueId = QUEUE): Promise<{ owner: ChildProcess; pids: number[] }> {
  const [lane, target] = place.split('|');
  const script = `
    import { Toolbox } from '${TOOLBOX}';
    const tools = new Toolbox(${JSON.stringify({ place: lane, queueId })});
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

  await endOrphans(QUEUE);

  expect(pids.filter(isRunning)).toEqual([]);
});

it('what a living process has at work is left alone by another start', async () => {
  const { pids } = await otherOwner('mine|Run_1');

  await endOrphans(QUEUE);

  expect(pids.every(isRunning)).toBe(true);
});

it("what a process of another queue left running, or has at work on the same place, is that queue's", async () => {
  const left = await otherOwner('mine|Run_1', 'another queue');
  const atWork = await otherOwner('mine|Run_1', 'another queue');
  await killed(left.owner);

  await endOrphans(QUEUE);
  await clearPlace(PLACE);

  expect(left.pids.every(isRunning)).toBe(true);
  expect(atWork.pids.every(isRunning)).toBe(true);
});

it('a nas-sync ends at its start what is left of its own queue, and of no other', async () => {
  const lab = new Lab();
  const queue = await openStore(lab.at('queue.db'));
  const mine = await otherOwner('mine|Run_1', await queue.seals.queueId());
  await queue.close();
  const foreign = await otherOwner('mine|Run_1');
  await killed(mine.owner);
  await killed(foreign.owner);

  await lab.client.init();

  expect(mine.pids.filter(isRunning)).toEqual([]);
  expect(foreign.pids.every(isRunning)).toBe(true);
});

it.each([
  ['rclone', { type: 'rclone', rcloneRemote: 'local', rcloneRemotePath: '/nowhere' }],
  ['ssh', { type: 'rsync_ssh', sshTarget: 'user@127.0.0.1', sshKeyPath: '/nowhere', remotePath: '/nowhere', port: 1 }],
] as const)('a configured %s is started for its queue', async (tool, transport) => {
  const lab = new Lab();
  fill(lab.at('bin'), { [tool]: `#!/bin/sh\nprintf %s "$NAS_SYNC_TOOL" > '${lab.at('mark')}'; exit 1\n` });
  chmodSync(lab.at('bin', tool), 0o755);
  vi.stubEnv('PATH', `${lab.at('bin')}:${process.env['PATH'] ?? ''}`);
  onTestFinished(() => void vi.unstubAllEnvs());
  const queue = await openStore(lab.at('queue.db'));
  const queueId = await queue.seals.queueId();
  await queue.close();

  await lab.open({ config: { equipment: [{ id: EQUIPMENT, localRoot: lab.local, transport }] } }).doctor();

  const [mark] = Object.values(markFor({ place: '', queueId }));
  expect(readFileSync(lab.at('mark'), 'utf8').split('/').at(-1)).toBe(mark!.split('/').at(-1));
});

it('whoever holds the lease ends what another has at work on the same place, even one that only sleeps', async () => {
  const { owner, pids } = await otherOwner('mine|Run_1');
  const elsewhere = await otherOwner('mine|Run_2');
  owner.kill('SIGSTOP');

  await clearPlace(PLACE);

  expect(pids.filter(isRunning)).toEqual([]);
  expect(elsewhere.pids.every(isRunning)).toBe(true);
});

it("a process's own tools on the place are not taken for another's", async () => {
  const tools = new Toolbox({ place: 'mine', queueId: QUEUE });
  onTestFinished(() => tools.close());
  const { pid } = await tools.start({
    tool: 'sleep',
    args: ['300'],
    target: 'Run_1',
    signal: new AbortController().signal,
    silenceMs: () => 10_000,
  });

  await clearPlace(PLACE);
  await endOrphans(QUEUE);

  expect(isRunning(pid)).toBe(true);
});

it('a stranger that has the id of a dead process of ours is no owner', async () => {
  const variable = Object.entries(markFor(PLACE)).map(([name, value]) => [
    name,
    value.replace(/\/[^/]*\//u, '/another-boot:1/'),
  ]);
  const child = spawn('sleep', ['300'], { env: { ...process.env, ...Object.fromEntries(variable) }, stdio: 'ignore' });
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child, 'spawn');
  // Asked for before: it may be over by the time that the call returns.
  const ended = once(child, 'exit');

  await endOrphans(QUEUE);
  await ended;

  expect(child.signalCode).toBe('SIGKILL');
});

it.runIf(process.getuid?.() === 0)('what a process in another container has at work is left alone', async () => {
  const seconds = String(300_000 + process.pid);
  const script = `
    import { Toolbox } from '${TOOLBOX}';
    await new Toolbox(${JSON.stringify({ place: 'mine', queueId: QUEUE })}).start({
      tool: 'sleep', args: ['${seconds}'], target: 'Run_1', signal: new AbortController().signal, silenceMs: () => 1e9,
    });
    console.log('started');`;
  const node = [process.execPath, '--input-type=module', '--eval', script];
  const container = spawn('unshare', ['--pid', '--fork', '--kill-child', '--mount-proc', ...node], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void container.kill('SIGKILL'));
  await once(container.stdout, 'data');

  await endOrphans(QUEUE);
  await clearPlace(PLACE);

  expect(execFileSync('pgrep', ['-fx', `sleep ${seconds}`], { encoding: 'utf8' })).toMatch(/^\d+\n$/u);
});

it.runIf(process.getuid?.() === 0)('nobody is ended by numbers from the /proc of another pid namespace', async () => {
  const script = `
    import { execFileSync, spawn } from 'node:child_process';
    import { once } from 'node:events';
    import { openStore } from '#dist/persistence/store.js';
import { clearPlace, endOrphans, markFor } from '${ORPHANS}';
    const place = ${JSON.stringify(PLACE)};
    // Started by another process of this container, which is gone, and seen in /proc under another number than its own.
    const owner = "import { markFor } from '${ORPHANS}'; console.log(JSON.stringify(markFor(" + JSON.stringify(place) + ")))";
    const mark = execFileSync(process.execPath, ['--input-type=module', '--eval', owner], { encoding: 'utf8' });
    const tool = spawn('sleep', ['300'], { env: JSON.parse(mark), stdio: 'ignore' });
    await once(tool, 'spawn');
    const signals = [];
    const kill = process.kill;
    process.kill = (pid, signal) => (signal === 0 ? kill.call(process, pid, 0) : signals.push(signal));
    await endOrphans(place.queueId);
    await clearPlace(place);
    kill.call(process, tool.pid, 'SIGKILL');
    console.log(JSON.stringify(signals));`;
  const node = [process.execPath, '--input-type=module', '--eval', script];
  const { stdout } = await promisify(execFile)('unshare', ['--pid', '--fork', '--kill-child', ...node]);

  expect(JSON.parse(stdout)).toEqual([]);
});
