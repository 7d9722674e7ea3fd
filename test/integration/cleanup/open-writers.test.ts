import { closeSync, existsSync, linkSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, it } from 'vitest';
import type { Lab } from '../../support/lab.js';
import { failing, HOUR, LettingGo, snapshot, TREE, when } from './cleanup-lab.js';

/** Opens its file in one of the ways that can write, says so, and writes nothing until it is ended. */
const HOLDER = `
import mmap, os, sys
how, path = sys.argv[1:]
flags = {'reads': os.O_RDONLY, 'writes': os.O_WRONLY, 'appends': os.O_WRONLY | os.O_APPEND}.get(how, os.O_RDWR)
fd = os.open(path, flags)
if how == 'maps':
    m = mmap.mmap(fd, 0)
    os.closerange(3, 64)
if how == 'maps for itself':
    m = mmap.mmap(fd, 0, mmap.MAP_PRIVATE)
    os.closerange(3, 64)
print('ready', flush=True)
sys.stdin.readline()
os._exit(0)
`;

/** A program that holds the file until the answer is called. */
async function holding(lab: Lab, how: string, path: string): Promise<() => Promise<unknown>> {
  const holder = execa('python3', ['-c', HOLDER, how, path], { reject: false });
  lab.atEnd(async () => holder.kill('SIGKILL'));
  expect((await holder[Symbol.asyncIterator]().next()).value).toBe('ready');
  return () => {
    holder.stdin.end('\n');
    return holder;
  };
}

const measured = ({ interlocks }: { interlocks: readonly { name: string; measured: string }[] }): string =>
  interlocks.find(({ name }) => name === 'no_open_writers')!.measured;

const unmet = (result: Parameters<typeof failing>[0]) => failing(result).filter((name) => !name.startsWith('target_'));

it.each([
  ['writes', /open for writing/u],
  ['reads and writes', /open for writing/u],
  ['appends', /open for writing/u],
  ['maps', /mapped for writing/u],
])('a program that %s keeps the run for as long as it holds a file of it', async (how, said) => {
  const scene = await LettingGo.proven();
  const end = await holding(scene.lab, how, scene.at('deep/b.bin'));
  const before = snapshot(scene.run);
  const { result } = await scene.clean();
  expect(unmet(result)).toEqual(['no_open_writers']);
  expect(measured(result)).toMatch(/^deep\/b\.bin: process \d+ \(python3?[^)]*\) has it /u);
  expect(measured(result)).toMatch(said);
  expect((await scene.reap()).waitingFor).toMatchObject([{ name: 'no_open_writers' }]);
  expect(snapshot(scene.run)).toEqual(before);
  await end();
  expect((await scene.clean()).result.deleted).toBe(true);
});

it('a program that has the file open under a name elsewhere keeps the run', async () => {
  const scene = await LettingGo.proven({
    prepare: (run, lab) => linkSync(join(run, 'a.txt'), lab.at('the same file.txt')),
  });
  await holding(scene.lab, 'writes', scene.lab.at('the same file.txt'));
  const { result } = await scene.clean();
  expect(unmet(result)).toEqual(['no_open_writers']);
  expect(measured(result)).toMatch(/^a\.txt: /u);
});

it('a host that has the file open itself keeps the run', async () => {
  const scene = await LettingGo.proven();
  const fd = openSync(scene.at('z.txt'), 'r+');
  expect(unmet((await scene.clean()).result)).toEqual(['no_open_writers']);
  closeSync(fd);
  expect((await scene.clean()).result.deleted).toBe(true);
});

it('programs that only read, or change their own copy in memory, hold up nothing', async () => {
  const scene = await LettingGo.proven();
  await holding(scene.lab, 'reads', scene.at('a.txt'));
  await holding(scene.lab, 'maps for itself', scene.at('a.txt'));
  const fd = openSync(scene.at('z.txt'), 'r');
  expect((await scene.clean()).result.deleted).toBe(true);
  closeSync(fd);
});

it('a program that opens a file after all was measured keeps the run, which goes by itself an hour after that ended', async () => {
  const scene = await LettingGo.proven();
  let end: () => Promise<unknown> = () => Promise.resolve();
  const before = snapshot(scene.run);
  const faults = when('after', 'intent', async () => {
    end = await holding(scene.lab, 'appends', scene.at('a.txt'));
  });
  const job = await scene.reap({ faults });
  expect(job).toMatchObject({ state: 'cleanup_eligible', waitingFor: [{ name: 'no_open_writers', ok: false }] });
  expect(Date.parse(job.nextAttemptAt!) - scene.clock.now()).toBe(HOUR);
  expect((await scene.events()).at(-1)).toBe('cleanup.refused');
  expect(snapshot(scene.run)).toEqual(before);
  await end();
  await scene.clock.advance(HOUR);
  expect((await scene.reap()).state).toBe('cleaned');
});

it('a program that has a file in the trash open keeps the trash', async () => {
  const scene = await LettingGo.proven({ policy: { trashHours: 1 } });
  await scene.reap();
  const trash = scene.at('.exlab-wizard/.nas-sync-trash');
  const end = await holding(scene.lab, 'maps', join(trash, 'a.txt'));
  await scene.clock.advance(2 * HOUR);
  expect((await scene.reap()).waitingFor).toMatchObject([{ name: 'no_open_writers' }]);
  expect(Object.keys(TREE).filter((path) => !path.endsWith('/') && !existsSync(join(trash, path)))).toEqual([]);
  await end();
  await scene.clock.advance(HOUR);
  expect((await scene.reap()).state).toBe('cleaned');
});
