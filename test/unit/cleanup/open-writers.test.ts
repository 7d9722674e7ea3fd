import { chmodSync, lstatSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { identityOf } from '#dist/bytes/identity.js';
import { findOpenWriters } from '#dist/cleanup/open-writers.js';
import { expect, it, onTestFinished } from 'vitest';

/** A run of two files, and a `/proc` that is made by hand. */
function scene() {
  const root = mkdtempSync(join(tmpdir(), 'nas-sync-proc-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const put = (path: string, text: string): string => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
    return join(root, path);
  };
  const files = ['a.bin', 'b.bin'].map((path) => {
    const at = put(`run/${path}`, path);
    return { path, at, identity: identityOf(lstatSync(at, { bigint: true })) };
  });
  mkdirSync(join(root, 'proc/self/fd'), { recursive: true });
  /** A process whose descriptors these are: flags in octal, and where each leads. */
  const process = (pid: number, descriptors: readonly [flags: string, to: string][] = [], maps = ''): void => {
    for (const [name, text] of Object.entries({ maps, mountinfo: '', comm: `program ${pid}\n` })) {
      put(`proc/${pid}/${name}`, text);
    }
    put(`proc/${pid}/stat`, `${pid} (a ) name) S 1 1 1 0 -1 4194304 0`);
    mkdirSync(join(root, `proc/${pid}/fd`), { recursive: true });
    descriptors.forEach(([flags, to], fd) => {
      symlinkSync(to, join(root, `proc/${pid}/fd/${fd}`));
      put(`proc/${pid}/fdinfo/${fd}`, `pos:\t0\nflags:\t${flags}\nmnt_id:\t29\n`);
    });
  };
  const look = () => findOpenWriters(files, { proc: join(root, 'proc') });
  return { root, put, files, process, look, a: join(root, 'run/a.bin'), b: join(root, 'run/b.bin') };
}

const mapsLine = (perms: string, device: string, ino: bigint) =>
  `7f0000000000-7f0000001000 ${perms} 00000000 ${device} ${ino}     /anywhere/else`;

function deviceOf(path: string): string {
  const { dev } = statSync(path);
  const [major, minor] = [(dev >> 8) & 0xfff, (dev & 0xff) | ((dev >> 12) & ~0xff)];
  return [major, minor].map((part) => part.toString(16).padStart(2, '0')).join(':');
}

it('names each process that has a file open for writing: to write, to read and write, to append', async () => {
  const { process, look, a, b } = scene();
  process(11, [['0100001', a]]);
  process(12, [
    ['0100000', a],
    ['0100002', b],
  ]);
  process(13, [['0102001', a]]);
  expect(await look()).toEqual({
    writers: [
      { path: 'a.bin', pid: 11, program: 'program 11', how: 'open' },
      { path: 'b.bin', pid: 12, program: 'program 12', how: 'open' },
      { path: 'a.bin', pid: 13, program: 'program 13', how: 'open' },
    ],
    untold: 0,
    quietMs: null,
  });
});

it('tells no process that only reads, that writes to another file, or to a pipe', async () => {
  const { process, look, put, a } = scene();
  process(11, [
    ['0100000', a],
    ['012000000', a],
    ['0100002', put('other.bin', 'a.bin')],
    ['0100001', 'pipe:[4711]'],
  ]);
  expect((await look()).writers).toEqual([]);
});

it('names a process that holds a file mapped for writing after it closed it, and no private or reading one', async () => {
  const { process, look, a, b } = scene();
  const [device, { ino }] = [deviceOf(a), statSync(a, { bigint: true })];
  const other = mapsLine('rw-s', 'fe:7f', ino);
  const reads = [mapsLine('r--s', device, statSync(b, { bigint: true }).ino), mapsLine('rw-p', device, ino)];
  process(11, [], [other, ...reads].join('\n'));
  process(12, [], [...reads, mapsLine('rw-s', device, ino), ''].join('\n'));
  expect((await look()).writers).toEqual([{ path: 'a.bin', pid: 12, program: 'program 12', how: 'mapped' }]);
});

it('is not led astray by processes and descriptors that go while it looks', async () => {
  const { root, process, look, a } = scene();
  mkdirSync(join(root, 'proc/10'));
  process(11, [
    ['0100002', a],
    ['0100002', a],
  ]);
  rmSync(join(root, 'proc/11/fdinfo/0'));
  expect(await look()).toMatchObject({ writers: [{ path: 'a.bin', pid: 11 }], untold: 0 });
});

it.runIf(process.getuid?.() === 0)(
  'counts the processes that it may not look into, and keeps what it saw of them',
  async () => {
    const { root, put, process: made, look, a } = scene();
    made(11, [['0100002', a]]);
    made(12);
    made(13);
    made(14);
    chmodSync(join(root, 'proc/11/maps'), 0);
    for (const pid of [12, 13, 14]) chmodSync(join(root, `proc/${pid}/fd`), 0);
    put('proc/13/stat', `13 (kworker) S 2 0 0 0 -1 2129984 0`);
    put('proc/14/stat', '14 (ended) Z 1 1 1 0 -1 4194304 0');
    chmodSync(root, 0o755);
    process.seteuid!(65_534);
    try {
      expect(await look()).toMatchObject({ writers: [{ pid: 11 }], untold: 2 });
    } finally {
      process.seteuid!(0);
    }
  },
);

it('tells for how long the newest file has not changed where the system does not tell who has it open', async () => {
  const { files } = scene();
  const at = (mtime: number, ctime: number) => ({ mtimeNs: String(mtime * 1e6), ctimeNs: String(ctime * 1e6) });
  const withTimes = (...times: ReturnType<typeof at>[]) =>
    files.map((file, index) => ({ ...file, identity: { ...file.identity, ...times[index] } }));
  const quiet = async (...times: ReturnType<typeof at>[]) =>
    (await findOpenWriters(withTimes(...times), { proc: '/nowhere', now: 10_000 })).quietMs;
  expect(await quiet(at(1000, 2000), at(7000, 1000))).toBe(3000);
  expect(await quiet(at(1000, 8000), at(7000, 1000))).toBe(2000);
  // A time in the future is no change.
  expect(await quiet(at(1000, 2000), at(99_000, 4000))).toBe(6000);
});
