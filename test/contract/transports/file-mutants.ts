import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { NasSyncError } from 'nas-sync';
import type { Fault } from './mutants.js';

/** Faults in single files: records, what is fetched, what is removed or set aside. */
export const FILE_FAULTS: Readonly<Record<string, Fault>> = {
  'takes what is not there for empty': (real) => ({
    readMeta: async (path, signal) => (await real.readMeta(path, signal)) ?? new Uint8Array(),
  }),
  'reads text only': (real) => ({
    readMeta: async (path, signal) => {
      const data = await real.readMeta(path, signal);
      return data === null ? null : Buffer.from(Buffer.from(data).toString('utf8'));
    },
  }),
  'takes what is empty for nothing': (real) => ({
    readMeta: async (path, signal) => {
      const data = await real.readMeta(path, signal);
      return data?.length === 0 ? null : data;
    },
  }),
  'writes behind what is there': (real, disk) => ({
    writeMeta: async (path, data, options, signal) => {
      const before = await readFile(join(disk, path)).catch(() => Buffer.alloc(0));
      await real.writeMeta(path, Buffer.concat([before, data]), options, signal);
    },
  }),
  'refuses every exclusive write': (real) => ({
    writeMeta: async (path, data, options, signal) => {
      if (options.exclusive) throw new NasSyncError('target_conflict', 'taken');
      await real.writeMeta(path, data, options, signal);
    },
  }),
  'writes over what is there': (real) => ({
    writeMeta: (path, data, _, signal) => real.writeMeta(path, data, { exclusive: false }, signal),
  }),
  'leaves a file beside the one it writes': (real, disk) => ({
    writeMeta: async (path, data, options, signal) => {
      await real.writeMeta(path, data, options, signal);
      writeFileSync(join(disk, `${path}.part`), data);
    },
  }),
  'brings back more than was asked for': (real) => ({
    fetch: async (request) => {
      writeFileSync(join(request.into, 'more.txt'), 'more');
      return real.fetch(request);
    },
  }),
  'keeps what is there when it brings back': (real) => ({
    fetch: async (request) =>
      request.paths.every((path) => existsSync(join(request.into, path)))
        ? { files: 0, bytes: 0, tools: [] }
        : real.fetch(request),
  }),
  'brings back other bytes': (real) => ({
    fetch: async (request) => {
      const result = await real.fetch(request);
      for (const path of request.paths) writeFileSync(join(request.into, path), 'other');
      return result;
    },
  }),
  'brings back nothing where nothing is': (real) => ({
    fetch: (request) => real.fetch(request).catch(() => ({ files: 0, bytes: 0, tools: [] })),
  }),
  'leaves the canary': () => ({ removeCanary: async () => undefined }),
  'misses a canary that is gone': (real, disk) => ({
    removeCanary: async (target, signal) => {
      if (!existsSync(join(disk, target))) throw new NasSyncError('network', 'gone');
      await real.removeCanary(target, signal);
    },
  }),
  'removes whatever it is told to': (_, disk) => ({
    removeCanary: async (target) => rmSync(join(disk, target), { recursive: true, force: true }),
  }),
  'sets nothing aside': () => ({ setAside: async () => undefined }),
  'leaves emptied folders': (real) => ({
    setAside: (request) => real.setAside({ ...request, emptyFolders: [] }),
  }),
  'sets aside over what is there, and wherever it is told to': (_, disk) => ({
    setAside: async ({ target, paths, into }) => {
      for (const path of paths) {
        const to = join(disk, target, into, path);
        mkdirSync(dirname(to), { recursive: true });
        if (existsSync(join(disk, target, path))) renameSync(join(disk, target, path), to);
      }
    },
  }),
};
