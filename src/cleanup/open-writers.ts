import { closeSync, constants, openSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { systemCode } from '../errors.js';
import type { FileIdentity } from '../run/entry.js';

/** A file of a run: its path there, and where it can be opened. */
export interface WatchedFile {
  readonly path: string;
  readonly at: string;
  readonly identity: FileIdentity;
}

/** A process that may write to a file without opening it anew. */
export interface OpenWriter {
  readonly path: string;
  readonly pid: number;
  readonly program: string;
  readonly how: 'open' | 'mapped';
}

export interface WriterLook {
  readonly writers: readonly OpenWriter[];
  /** Processes that this user may not look into. */
  readonly untold: number;
  /** Where the system does not tell who has what open: for how long no file has changed, in ms; else `null`. */
  readonly quietMs: number | null;
}

interface LookOptions {
  readonly proc?: string;
  /** By the clock that stamps files. */
  readonly now?: number;
}

/** Looks through all processes that this one can see, those of its host included. Their files are told by device and inode. */
export async function findOpenWriters(
  files: readonly WatchedFile[],
  { proc = '/proc', now = Date.now() }: LookOptions = {},
): Promise<WriterLook> {
  if (files.length === 0) return { writers: [], untold: 0, quietMs: null };
  const pids = processesIn(proc);
  if (pids === null) return { writers: [], untold: 0, quietMs: quietFor(files, now) };
  const watched = new Watched(files, proc);
  const writers: OpenWriter[] = [];
  let untold = 0;
  for (const pid of pids) {
    // What was found before a refusal counts.
    const named = new Set<string>();
    const onFound = (path: string, how: OpenWriter['how']): void => {
      if (!named.has(path)) writers.push({ path, pid, program: programOf(proc, pid), how });
      named.add(path);
    };
    try {
      await openedBy(proc, pid, watched, onFound);
      mappedBy(proc, pid, watched, onFound);
    } catch (error) {
      const code = systemCode(error) ?? '';
      // It ended meanwhile.
      if (GONE.has(code)) continue;
      if (!DENIED.has(code)) throw error;
      if (mayHoldFiles(proc, pid)) untold += 1;
    }
    await nextTurn();
  }
  return { writers, untold, quietMs: null };
}

const GONE: ReadonlySet<string> = new Set(['ENOENT', 'ESRCH']);
const DENIED: ReadonlySet<string> = new Set(['EACCES', 'EPERM']);

/** `null` where the system has none, or hides even this process. */
function processesIn(proc: string): number[] | null {
  try {
    readdirSync(`${proc}/self/fd`);
    return readdirSync(proc).flatMap((name) => (/^\d+$/u.test(name) ? [Number(name)] : []));
  } catch {
    return null;
  }
}

/** The run's files by what the kernel calls them. */
class Watched {
  readonly #proc: string;
  readonly #byStat = new Map<string, string>();
  readonly #byDevice = new Map<string, string>();
  /** Of the file systems on which they lie, as in mountinfo; `null` where one cannot be told. */
  #devices: Set<string> | null = new Set();

  constructor(files: readonly WatchedFile[], proc: string) {
    this.#proc = proc;
    const devices = new Map<string, string | null>();
    for (const { path, at, identity } of files) {
      const { dev, ino } = identity;
      if (!devices.has(dev)) devices.set(dev, deviceAt(at, proc));
      const device = devices.get(dev) ?? null;
      if (device === null) this.#devices = null;
      else this.#devices?.add(device);
      this.#byStat.set(`${dev}:${ino}`, path);
      this.#byDevice.set(`${device ?? numbersOf(dev)} ${ino}`, path);
    }
  }

  /** btrfs and overlay show another device in stat(2) than here. */
  mapped(device: string, ino: string): string | undefined {
    return this.#byDevice.get(`${device} ${ino}`);
  }

  opened(dev: bigint, ino: bigint): string | undefined {
    return this.#byStat.get(`${dev}:${ino}`);
  }

  /** A stat(2) on another file system, such as a share that hangs, might never return. */
  isElsewhere(device: string | undefined): boolean {
    return this.#devices !== null && device !== undefined && !this.#devices.has(device);
  }

  mountsOf(pid: number): ReadonlyMap<string, string> {
    return mountsIn(`${this.#proc}/${pid}/mountinfo`);
  }
}

type OnFound = (path: string, how: OpenWriter['how']) => void;

async function openedBy(proc: string, pid: number, watched: Watched, onFound: OnFound): Promise<void> {
  let mounts: ReadonlyMap<string, string> | null = null;
  for (const fd of readdirSync(`${proc}/${pid}/fd`)) {
    try {
      const { writes, mount } = descriptorIn(`${proc}/${pid}/fdinfo/${fd}`);
      if (!writes) continue;
      const link = `${proc}/${pid}/fd/${fd}`;
      // Pipes, sockets and the like have no path.
      if (!readlinkSync(link).startsWith('/')) continue;
      mounts ??= watched.mountsOf(pid);
      if (watched.isElsewhere(mounts.get(mount))) continue;
      const { dev, ino } = await stat(link, { bigint: true });
      const path = watched.opened(dev, ino);
      if (path !== undefined) onFound(path, 'open');
    } catch (error) {
      // Closed meanwhile.
      if (!GONE.has(systemCode(error) ?? '')) throw error;
    }
  }
}

/** A mapping outlives its descriptor, and writes as well. */
function mappedBy(proc: string, pid: number, watched: Watched, onFound: OnFound): void {
  const maps = readFileSync(`${proc}/${pid}/maps`, 'latin1');
  for (const [, device = '', ino = ''] of maps.matchAll(SHARED_AND_WRITABLE)) {
    const path = watched.mapped(decimal(device), ino);
    if (path !== undefined) onFound(path, 'mapped');
  }
}

const SHARED_AND_WRITABLE = /^[0-9a-f]+-[0-9a-f]+ .w.s [0-9a-f]+ ([0-9a-f]+:[0-9a-f]+) (\d+)/gmu;

const decimal = (device: string): string =>
  device
    .split(':')
    .map((part) => parseInt(part, 16))
    .join(':');

function descriptorIn(file: string): { writes: boolean; mount: string } {
  const text = readFileSync(file, 'latin1');
  const flags = parseInt(/^flags:\s*([0-7]+)/mu.exec(text)?.[1] ?? '', 8);
  const access = flags & (constants.O_WRONLY | constants.O_RDWR);
  return { writes: access !== constants.O_RDONLY, mount: /^mnt_id:\s*(\d+)/mu.exec(text)?.[1] ?? '' };
}

/** The device of each mount, `8:1`, by the mount's id. */
function mountsIn(file: string): Map<string, string> {
  const lines = readFileSync(file, 'latin1').split('\n');
  return new Map(lines.map((line) => line.split(' ')).map(([id = '', , device = '']) => [id, device]));
}

function deviceAt(path: string, proc: string): string | null {
  try {
    const fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const { mount } = descriptorIn(`${proc}/self/fdinfo/${fd}`);
      return mountsIn(`${proc}/self/mountinfo`).get(mount) ?? null;
    } finally {
      closeSync(fd);
    }
  } catch {
    return null;
  }
}

/** As makedev(3) packs them. */
function numbersOf(dev: string): string {
  const number = BigInt(dev);
  const major = ((number >> 8n) & 0xfffn) | ((number >> 32n) & ~0xfffn);
  const minor = (number & 0xffn) | ((number >> 12n) & ~0xffn);
  return `${major}:${minor}`;
}

function programOf(proc: string, pid: number): string {
  try {
    return readFileSync(`${proc}/${pid}/comm`, 'utf8').trim();
  } catch {
    return '?';
  }
}

const KERNEL_THREAD = 0x0020_0000;

/** Threads of the kernel and processes that have ended hold none, and nobody but root may see that. */
function mayHoldFiles(proc: string, pid: number): boolean {
  try {
    const text = readFileSync(`${proc}/${pid}/stat`, 'latin1');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return fields[0] !== 'Z' && (Number(fields[6]) & KERNEL_THREAD) === 0;
  } catch {
    return false;
  }
}

/** A time in the future, as a camera may write it, counts for nothing: the change itself has a time of its own. */
function quietFor(files: readonly WatchedFile[], now: number): number {
  const times = files.flatMap(({ identity: { mtimeNs, ctimeNs } }) => {
    const [written, changed] = [Number(BigInt(mtimeNs) / 1_000_000n), Number(BigInt(ctimeNs) / 1_000_000n)];
    return written > now ? [changed] : [written, changed];
  });
  return now - times.reduce((newest, time) => Math.max(newest, time), 0);
}
