import { readFileSync } from 'node:fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Toolbox, type ToolCall } from '#dist/transports/process/process-runner.js';
import { isRunning, pidsIn } from './pids.js';

function toolbox(): Toolbox {
  const tools = new Toolbox({ place: 'rsync_ssh:nas:/lab', queueId: '' });
  onTestFinished(() => tools.close());
  return tools;
}

const sh = (script: string, call: Partial<ToolCall> = {}): ToolCall => ({
  tool: 'sh',
  args: ['-c', script],
  target: 'Run_1',
  signal: new AbortController().signal,
  silenceMs: () => 10_000,
  ...call,
});

/** Starts a shell and a child of its own, and tells their pids. */
async function startFamily(tools: Toolbox, call: Partial<ToolCall> = {}) {
  const lines: string[] = [];
  let tell = (): void => undefined;
  const told = new Promise<void>((resolve) => (tell = resolve));
  const onOut = (line: string): void => {
    lines.push(line);
    tell();
  };
  const running = await tools.start(sh('sleep 300 & echo $$ $!; wait', { onOut, ...call }));
  await told;
  return { running, pids: pidsIn(lines.join(' ')) };
}

describe('a tool that ends', () => {
  it('tells how: exit code, command, time, and the end of what it complained of', async () => {
    const run = await toolbox().run(sh('echo one >&2; echo two >&2; exit 3'));

    expect(run).toMatchObject({ tool: 'sh', exitCode: 3, signal: null, tail: ['one', 'two'] });
    expect(run.command).toBe("sh -c 'echo one >&2; echo two >&2; exit 3'");
    expect(run.ms).toBeGreaterThanOrEqual(0);
  });

  it('reads what it is given, and the end of it where it is given nothing', async () => {
    const lines: string[] = [];
    const onOut = (line: string): void => void lines.push(line);

    await toolbox().run(sh('cat; echo end', { input: 'given\n', onOut }));
    await toolbox().run(sh('cat; echo end', { onOut }));

    expect(lines).toEqual(['given', 'end', 'end']);
  });

  it('takes along what it has started', async () => {
    const lines: string[] = [];

    await toolbox().run(sh('sleep 300 >/dev/null 2>&1 & echo $!', { onOut: (line) => lines.push(line) }));

    expect(pidsIn(lines.join(' ')).filter(isRunning)).toEqual([]);
  });
});

describe('a tool that does not end by itself is gone, with what it has started,', () => {
  it('when the work is given up', async () => {
    const abort = new AbortController();
    const { running, pids } = await startFamily(toolbox(), { signal: abort.signal });

    abort.abort(new Error('given up'));

    await expect(running.done).rejects.toThrow('given up');
    expect(pids.filter(isRunning)).toEqual([]);
  });

  it('when it has been silent for too long', async () => {
    const { running, pids } = await startFamily(toolbox(), { silenceMs: () => 300 });

    await expect(running.done).rejects.toMatchObject({ code: 'timeout', tool: { tool: 'sh', exitCode: null } });

    expect(pids.filter(isRunning)).toEqual([]);
  });

  it('when the toolbox is closed, which then starts nothing more', async () => {
    const tools = toolbox();
    const { pids } = await startFamily(tools);

    await tools.close();

    expect(pids.filter(isRunning)).toEqual([]);
    await expect(tools.run(sh('true'))).rejects.toMatchObject({ code: 'closed' });
  });

  it('when it does not heed the request to end', async () => {
    const tools = toolbox();
    const { running, pids } = await startFamily(tools, {
      args: ['-c', 'trap "" TERM; (trap "" TERM; exec sleep 300) & echo $$ $!; while :; do sleep 1; done'],
    });

    await running.end();

    expect(pids.filter(isRunning)).toEqual([]);
  });

  it('when it is stopped', async () => {
    const tools = toolbox();
    const { running, pids } = await startFamily(tools);
    for (const pid of pids) process.kill(pid, 'SIGSTOP');

    await running.end();

    expect(pids.filter(isRunning)).toEqual([]);
  });
});

describe('a tool that talks', () => {
  it('is not silent', async () => {
    const run = await toolbox().run(sh('for i in 1 2 3 4 5; do echo $i; sleep 0.2; done', { silenceMs: () => 700 }));

    expect(run.exitCode).toBe(0);
  });

  it('is silent all the same where its lines tell of no progress', async () => {
    const call = sh('while :; do echo 0%; sleep 0.1; done', { silenceMs: () => 500, isLife: (line) => line !== '0%' });

    await expect(toolbox().run(call)).rejects.toMatchObject({ code: 'timeout' });
  });

  it('does not fill the memory: of its complaints the last lines are kept, of a line its beginning', async () => {
    const run = await toolbox().run(
      sh(
        'i=0; while [ $i -lt 500 ]; do echo line $i >&2; i=$((i+1)); done; head -c 5000000 /dev/zero | tr "\\0" x >&2',
      ),
    );

    expect(run.tail).toHaveLength(20);
    expect(run.tail[0]).toBe('line 481');
    expect(run.tail.at(-1)!.length).toBeLessThanOrEqual(1024 * 1024);
  });
});

it('a listener that throws ends the tool and the call, and nothing else', async () => {
  const onOut = (): void => {
    throw new Error('cannot read this');
  };
  const { pids } = await startFamily(toolbox());

  await expect(toolbox().run(sh('echo 1; sleep 300', { onOut }))).rejects.toThrow('cannot read this');
  expect(pids.every(isRunning)).toBe(true);
});

describe('no secret', () => {
  it('is in the command line or the complaints that are kept', async () => {
    const run = await toolbox().run(sh('echo "password hunter2 refused" >&2; : hunter2', { secrets: ['hunter2'] }));

    expect(JSON.stringify(run)).not.toContain('hunter2');
    expect(run.tail).toEqual(['password [hidden] refused']);
  });

  it('of its environment is told', async () => {
    const run = await toolbox().run(sh('test -n "$PASSWORD"', { env: { PASSWORD: 'hunter2' } }));

    expect(run.exitCode).toBe(0);
    expect(JSON.stringify(run)).not.toContain('hunter2');
  });
});

describe('a program', () => {
  it('that is not installed is told by name, with how to get it', async () => {
    const missing = toolbox().run({ ...sh(''), tool: 'no-such-tool' });

    await expect(missing).rejects.toMatchObject({ code: 'tool_missing' });
    await expect(missing).rejects.toThrow('no-such-tool is not installed; install it');
  });

  it('gets its arguments as they are, whatever they hold', async () => {
    const words = ['a b', "it's", '$(touch hacked)', 'new\nline', '-n', '*', '"', '\\'];
    const chunks: Buffer[] = [];

    await toolbox().run({
      ...sh(''),
      args: ['-c', String.raw`printf '%s\0' "$@"`, 'sh', ...words],
      onChunk: (chunk) => chunks.push(chunk),
    });

    expect(Buffer.concat(chunks).toString().split('\0').slice(0, -1)).toEqual(words);
  });

  it('runs in a process group of its own', async () => {
    const { running } = await startFamily(toolbox());

    const stat = readFileSync(`/proc/${running.pid}/stat`, 'utf8');
    expect(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[2]).toBe(String(running.pid));
  });
});
