import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { PlaceListing, Transport } from 'nas-sync';
import type { Fault } from './mutants.js';

const never: AbortSignal = new AbortController().signal;
const RECORD = '.exlab-wizard';
const NOTHING: PlaceListing = { files: [], links: [], folders: [], others: [] };

const listing =
  (change: (seen: PlaceListing) => Partial<PlaceListing>): Fault =>
  (real) => ({
    list: async (target, signal) => {
      const seen = await real.list(target, signal);
      return { ...seen, ...change(seen) };
    },
  });

const alike = (target: string, disk: string): string[] => {
  const name = basename(target);
  const beside = readdirSync(join(disk, dirname(target))).filter((other) => other.startsWith(name));
  return beside.map((other) => join(dirname(target), other));
};

const isTop = (path: string): boolean => !path.includes('/');

/** By name: what is wrong with its listings. */
export const LIST_FAULTS: Readonly<Record<string, Fault>> = {
  'lists nothing': () => ({ list: async () => NOTHING }),
  'lists no empty files': listing(({ files }) => ({ files: files.filter(({ size }) => size > 0) })),
  'lists no links': listing(() => ({ links: [] })),
  'lists no folders': listing(() => ({ folders: [] })),
  'lists the top only': listing(({ files, folders }) => ({
    files: files.filter(({ path }) => isTop(path)),
    folders: folders.filter(isTop),
  })),
  'lists names without what is odd': listing(({ files }) => ({
    files: files.map((file) => ({ ...file, path: file.path.replaceAll(/[\n\\*]/g, '_') })),
  })),
  'lists a file twice': listing(({ files }) => ({ files: [...files, ...files] })),
  'remembers its first listing': (real) => {
    let seen: ReturnType<Transport['list']> | null = null;
    return { list: (target, signal) => (seen ??= real.list(target, signal)) };
  },
  'remembers sizes': (real) => {
    const known = new Map<string, number>();
    return {
      list: async (target, signal) => {
        const seen = await real.list(target, signal);
        for (const { path, size } of seen.files) if (!known.has(path)) known.set(path, size);
        return { ...seen, files: seen.files.map(({ path, size }) => ({ path, size: known.get(path) ?? size })) };
      },
    };
  },
  'lists what was pushed, and not what is there': (real) => {
    let sent: PlaceListing = NOTHING;
    return {
      push: (request) => {
        const files = request.entries.filter((entry) => entry.kind === 'file');
        sent = { ...NOTHING, files: files.map(({ path, identity }) => ({ path, size: identity.size })) };
        return real.push(request);
      },
      list: async () => sent,
    };
  },
  'lists the record folder': (real, disk) => ({
    list: async (target, signal) => {
      const seen = await real.list(target, signal);
      const record = join(disk, target, RECORD);
      const names = existsSync(record) ? readdirSync(record) : [];
      return { ...seen, files: [...seen.files, ...names.map((name) => ({ path: `${RECORD}/${name}`, size: 1 }))] };
    },
  }),
  'lists no record folder anywhere': listing(({ files, folders }) => ({
    files: files.filter(({ path }) => !path.includes(RECORD)),
    folders: folders.filter((path) => !path.includes(RECORD)),
  })),
  'cannot list what is not there': (real, disk) => ({
    list: async (target, signal) => {
      if (!existsSync(join(disk, target))) throw new Error('not there');
      return real.list(target, signal);
    },
  }),
  'lists a file everywhere': listing(({ files }) => ({ files: [...files, { path: 'ghost', size: 0 }] })),
  'lists every place that begins alike': (real, disk) => ({
    list: async (target, signal) => {
      const all = await Promise.all(alike(target, disk).map((place) => real.list(place, signal)));
      return { ...NOTHING, files: all.flatMap(({ files }) => files) };
    },
  }),
  'lists what it can': (real) => ({
    list: (target, signal) => real.list(target, signal).catch(() => ({ ...NOTHING, others: ['some'] })),
  }),
  'lists when it is closed': () => ({ list: async () => NOTHING }),
  'lists whatever the signal says': (real) => ({ list: (target) => real.list(target, never) }),
};

/** Which cases a transport with this fault must not meet. */
export const LIST_CAUGHT_BY: Readonly<Record<string, readonly string[]>> = {
  'lists nothing': [
    'a listing names exactly what a reading names',
    'a listing tells what was pushed: files, empty ones, folders, links',
    'a listing tells odd names of files and folders byte for byte',
  ],
  'lists no empty files': [
    'a listing names exactly what a reading names',
    'a listing tells what was pushed: files, empty ones, folders, links',
    'a listing tells a file that became empty',
  ],
  'lists no links': [
    'a listing names exactly what a reading names',
    'a listing tells what was pushed: files, empty ones, folders, links',
  ],
  'lists no folders': [
    'a listing names exactly what a reading names',
    'a listing tells what was pushed: files, empty ones, folders, links',
    'a listing tells a folder in the place of a file',
  ],
  'lists the top only': ['a listing tells what was pushed: files, empty ones, folders, links'],
  'lists names without what is odd': ['a listing tells odd names of files and folders byte for byte'],
  'lists a file twice': ['a listing leaves out the record folder, and not one of that name deeper down'],
  'remembers its first listing': [
    'a listing misses a file at once when it is gone',
    'a listing tells a file at once when it was added',
    'a listing tells the new size of a file that was cut short',
    'a listing tells a file that became empty',
    'a listing tells a folder in the place of a file',
  ],
  'remembers sizes': [
    'a listing tells the new size of a file that was cut short',
    'a listing tells a file that became empty',
  ],
  'lists what was pushed, and not what is there': [
    'a listing misses a file at once when it is gone',
    'a listing tells a file at once when it was added',
  ],
  'lists the record folder': ['a listing leaves out the record folder, and not one of that name deeper down'],
  'lists no record folder anywhere': ['a listing leaves out the record folder, and not one of that name deeper down'],
  'cannot list what is not there': ['a listing of a place that does not exist holds nothing'],
  'lists a file everywhere': ['a listing of a place that does not exist holds nothing'],
  'lists every place that begins alike': [
    'a listing of one place tells nothing of another one whose name begins like it',
  ],
  'lists what it can': ['a listing that cannot be told in full is a failure, and no shorter listing'],
  'lists when it is closed': ['nothing is answered once it is closed'],
  'lists whatever the signal says': ['a signal that was given already ends every call with its reason'],
};
