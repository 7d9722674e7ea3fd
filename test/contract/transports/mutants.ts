import { existsSync, lstatSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { NasSyncError, type PushRequest, type PushResult, type TargetListing, type Transport } from 'nas-sync';

/** A transport with one fault. */
export type Fault = (real: Transport, disk: string) => Partial<Transport>;

const never: AbortSignal = new AbortController().signal;
const NOTHING_SENT: PushResult = { copiedFiles: 0, copiedBytes: 0, tools: [] };
const TOKEN_FILE = '.nas-sync-target.json';
const RECORD = '.exlab-wizard';

/** A push of other entries than those that were asked for. */
const pushing =
  (change: (request: PushRequest, disk: string) => Partial<PushRequest>): Fault =>
  (real, disk) => ({ push: (request) => real.push({ ...request, ...change(request, disk) }) });

const listing =
  (change: (listing: TargetListing) => Partial<TargetListing>): Fault =>
  (real) => ({
    hash: async (request) => {
      const seen = await real.hash(request);
      return { ...seen, ...change(seen) };
    },
  });

const namesOf = (request: PushRequest): ReadonlySet<string> => new Set(request.entries.map(({ path }) => path));

const filesBelow = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));

/** By name: what is wrong with it. */
export const IDENTITY_FAULTS: Readonly<Record<string, Fault>> = {
  'shows a token that nobody left': () => ({ probe: async () => ({ token: 'x', freeBytes: null }) }),
  'forgets the token': () => ({ imprint: async () => undefined }),
  'replaces the token': (real, disk) => ({
    imprint: (token, signal) => {
      rmSync(join(disk, TOKEN_FILE), { force: true });
      return real.imprint(token, signal);
    },
  }),
  'tells a free space that is no number': () => ({ probe: async () => ({ token: null, freeBytes: NaN }) }),
  'takes every run for its own target': () => ({ requireApart: () => Promise.reject(new Error('not apart')) }),
  'names an ill without a remedy': () => ({
    examine: async () => [{ name: 'tool', ok: false, detail: 'missing', fix: null }],
  }),
  'cannot be closed twice': (real) => {
    let closed = false;
    return {
      close: async () => {
        if (closed) throw new Error('closed already');
        closed = true;
        await real.close();
      },
    };
  },
  'does not close': () => ({ close: async () => undefined }),
  'heeds no signal': (real) => ({
    probe: () => real.probe(never),
    push: (request) => real.push({ ...request, signal: never, capKiBps: () => null }),
    hash: (request) => real.hash({ ...request, signal: never }),
  }),
  'fails with an error of no kind': () => ({ fetch: () => Promise.reject(new Error('failed')) }),
};

export const PUSH_FAULTS: Readonly<Record<string, Fault>> = {
  'leaves out empty files': pushing(({ entries }) => ({
    entries: entries.filter((entry) => entry.kind !== 'file' || entry.identity.size > 0),
  })),
  'leaves out links': pushing(({ entries }) => ({ entries: entries.filter(({ kind }) => kind !== 'link') })),
  'keeps links that should be followed': pushing(({ entries }) => ({
    entries: entries.map((entry) =>
      entry.kind === 'file' && entry.followed !== undefined
        ? { kind: 'link', path: entry.path, linkTo: entry.followed.linkTo }
        : entry,
    ),
  })),
  'leaves out what vanished': pushing(({ entries, source }) => ({
    entries: entries.filter(({ path }) => existsSync(join(source, path))),
  })),
  'tells that everything was sent': (real) => ({
    push: async (request) => {
      await real.push(request);
      return { copiedFiles: request.entries.length, copiedBytes: 1, tools: [] };
    },
  }),
  'trusts sizes and times': pushing(({ entries, source, target }, disk) => ({
    entries: entries.filter(({ path }) => {
      const [here, there] = [join(source, path), join(disk, target, path)];
      if (!existsSync(there)) return true;
      const [a, b] = [lstatSync(here), lstatSync(there)];
      return a.size !== b.size || Math.trunc(a.mtimeMs / 1000) !== Math.trunc(b.mtimeMs / 1000);
    }),
  })),
  'tells digests of its own': pushing(({ onDigests }) => ({
    onDigests: (digests) => onDigests(digests.map(({ file }) => ({ file, sha256: '0'.repeat(64) }))),
  })),
  'knows places by their last name only': (real) => ({
    push: (request) => real.push({ ...request, target: basename(request.target) }),
    hash: (request) => real.hash({ ...request, target: basename(request.target) }),
  }),
  'removes what the run does not hold': (real, disk) => ({
    push: async (request) => {
      const folder = join(disk, request.target);
      const names = namesOf(request);
      if (existsSync(folder)) for (const path of filesBelow(folder)) if (!names.has(path)) rmSync(join(folder, path));
      return real.push(request);
    },
  }),
  'removes a folder that is in the way': (real, disk) => ({
    push: (request) => {
      for (const { kind, path } of request.entries) {
        const there = join(disk, request.target, path);
        if (kind === 'file' && lstatSync(there, { throwIfNoEntry: false })?.isDirectory() === true)
          rmSync(there, { recursive: true });
      }
      return real.push(request);
    },
  }),
  'tidies up too much': (_, disk) => ({
    tidyUp: async (target) => rmSync(join(disk, target), { recursive: true }),
  }),
  'goes backwards': (real) => ({
    push: async (request) => {
      const result = await real.push(request);
      request.onProgress({ files: 0, bytes: 0, currentFile: null });
      return result;
    },
    hash: async (request) => {
      request.onProgress({ files: 1, bytes: 10 ** 9, currentFile: null });
      return real.hash(request);
    },
  }),
  'tells no progress': pushing(() => ({ onProgress: () => undefined })),
  'tells no arrival': pushing(() => ({ onArrived: () => undefined })),
  'cannot push nothing': (real) => ({
    push: (request) =>
      request.entries.length === 0 ? Promise.reject(new Error('nothing to push')) : real.push(request),
  }),
  'pushes once only': (real) => {
    let pushed = false;
    return {
      push: async (request) => {
        if (pushed) return NOTHING_SENT;
        pushed = true;
        return real.push(request);
      },
    };
  },
  'refuses a name when all has arrived': (real) => ({
    push: async (request) => {
      const result = await real.push(request);
      const odd = request.entries.find(({ kind, path }) => kind === 'file' && path.includes('\\'));
      if (odd !== undefined) throw new NasSyncError('source_invalid', `cannot hold ${odd.path}`);
      return result;
    },
  }),
  'leaves a half file when it is stopped': (real, disk) => ({
    push: (request) =>
      real.push(request).catch((error: unknown) => {
        if (request.signal.aborted) writeFileSync(join(disk, request.target, 'image 7.tif'), 'half');
        throw error;
      }),
  }),
  'is of no use once it was stopped': (real) => {
    let stopped = false;
    return {
      push: async (request) => {
        if (stopped) throw new NasSyncError('unknown', 'stopped before');
        return real.push(request).finally(() => (stopped = request.signal.aborted));
      },
    };
  },
  'mixes two versions of a file': (real, disk) => ({
    push: (request) =>
      real.push(request).catch((error: unknown) => {
        if (!namesOf(request).has('changing.txt')) throw error;
        writeFileSync(join(disk, request.target, 'changing.txt'), 'as listed, which is longer');
        return NOTHING_SENT;
      }),
  }),
};

export const HASH_FAULTS: Readonly<Record<string, Fault>> = {
  'remembers what it saw first': (real) => {
    let seen: Promise<TargetListing> | null = null;
    return { hash: (request) => (seen ??= real.hash(request)) };
  },
  'trusts sizes and times of what it hashed': (real, disk) => {
    const known = new Map<string, TargetListing['files'][number]>();
    return {
      hash: async (request) => {
        const seen = await real.hash(request);
        const files = seen.files.map((file) => {
          const { mtimeMs } = lstatSync(join(disk, request.target, file.path));
          const key = `${file.path}:${file.size}:${Math.trunc(mtimeMs)}`;
          if (!known.has(key)) known.set(key, file);
          return known.get(key) ?? file;
        });
        return { ...seen, files };
      },
    };
  },
  'sees a file everywhere': listing(({ files }) => ({ files: [...files, { path: 'ghost', size: 0, digest: null }] })),
  'shows names without what is odd': listing(({ files }) => ({
    files: files.map((file) => ({ ...file, path: file.path.replaceAll(/[\n\\*]/g, '_') })),
  })),
  'looks only for what the run holds': (real) => ({
    hash: async (request) => {
      const seen = await real.hash(request);
      const names = new Set(request.entries.map(({ path }) => path));
      return { ...seen, files: seen.files.filter(({ path }) => names.has(path)) };
    },
  }),
  'leaves out every record folder': listing(({ files, folders }) => ({
    files: files.filter(({ path }) => !path.includes(RECORD)),
    folders: folders.filter((path) => !path.includes(RECORD)),
  })),
  'promises another hash': () => ({ hashName: async () => 'md5' }),
  'tells no sizes': listing(({ files }) => ({ files: files.map((file) => ({ ...file, size: 0 })) })),
  'does not say how it read': listing(() => ({ method: '' })),
};
