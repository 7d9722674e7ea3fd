import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Transport } from 'nas-sync';
import { MemoryTransport } from 'nas-sync/testing';
import {
  assertFoldersAreElsewhere,
  assertNotSource,
  assertTargetIsElsewhere,
} from '#dist/transports/assert-separate.js';
import { expect, it, onTestFinished } from 'vitest';

const signal = new AbortController().signal;
const isRefused = { code: 'wrong_target', message: expect.stringContaining('is the run itself') as string };

function makeRun(): string {
  const source = mkdtempSync(join(tmpdir(), 'nas-sync-separate-'));
  onTestFinished(() => rmSync(source, { recursive: true, force: true }));
  mkdirSync(join(source, '.exlab-wizard'));
  mkdirSync(join(source, 'deep'));
  return source;
}

/** What is in the run is seen through the target; what is written there is not seen in the run. */
const seen = (source: string): Transport =>
  Object.assign(new MemoryTransport(), {
    readMeta: async (path: string) => {
      try {
        return readFileSync(join(source, path.slice('Run_1/'.length)));
      } catch {
        return null;
      }
    },
    list: async () => ({
      ...{ links: [], others: [], folders: ['deep'] },
      files: readdirSync(join(source, 'deep')).map((name) => ({ path: `deep/${name}`, size: 32 })),
    }),
  });

/** What is written on the target appears in the run; what is in the run is not seen there: a cache answers. */
const written = (source: string): Transport =>
  Object.assign(new MemoryTransport(), {
    writeMeta: async (path: string, data: Uint8Array) => {
      const file = join(source, path.slice('Run_1/'.length));
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, data);
    },
    removeCanary: async (path: string) => rmSync(join(source, path.slice('Run_1/'.length)), { recursive: true }),
  });

it('a run that is seen through its target is refused before anything is written there', async () => {
  const source = makeRun();
  await expect(assertNotSource(seen(source), { source, target: 'Run_1' }, signal)).rejects.toMatchObject(isRefused);
  expect(readdirSync(join(source, '.exlab-wizard'))).toEqual([]);
});

it('a target whose writes appear in the run is refused, though a cache hides the run from it', async () => {
  const source = makeRun();
  const places = { source, target: 'Run_1' };
  await expect(assertTargetIsElsewhere(written(source), places, signal)).rejects.toMatchObject(isRefused);
  expect(readdirSync(join(source, '.exlab-wizard'))).toEqual([]);
});

it('one folder that is seen through the target is refused, and nothing stays in it', async () => {
  const source = makeRun();
  const asked = assertFoldersAreElsewhere(seen(source), { source, target: 'Run_1' }, ['deep', 'gone'], signal);
  await expect(asked).rejects.toMatchObject({ ...isRefused, message: expect.stringContaining('deep') as string });
  expect(readdirSync(join(source, 'deep'))).toEqual([]);
});

it('another place is not refused', async () => {
  const source = makeRun();
  const places = { source, target: 'Run_1' };
  await assertTargetIsElsewhere(new MemoryTransport(), places, signal);
  await assertFoldersAreElsewhere(new MemoryTransport(), places, ['deep'], signal);
});
