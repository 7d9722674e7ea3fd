import { mkdtempSync, realpathSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NasSyncError } from 'nas-sync';
import { describe, expect, it, onTestFinished } from 'vitest';
import { releasedOf } from '#dist/cleanup/deletion-progress.js';
import { leftByUs } from '#dist/cleanup/remove-run.js';
import type { WorkOrder } from '#dist/engine/job-task.js';
import type { DeletionProof } from '#dist/verify/deletion-proof.js';

/** A run folder that is not there, on a disk that is. */
function absentRun() {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'nas-sync-left-')));
  onTestFinished(() => rmSync(root, { recursive: true }));
  return { runPath: join(root, 'Run_1'), dev: String(statSync(root, { bigint: true }).dev) };
}

const record = (syncStatus: string): Buffer =>
  Buffer.from(JSON.stringify({ schema_version: '1.0', sync_status: syncStatus, paths: {} }));

interface Asked {
  readonly releasing?: string | null;
  readonly dev?: string;
}

function asked(onNas: Buffer | null | NasSyncError, { releasing = 'proof', dev = '' }: Asked = {}) {
  const run = absentRun();
  const order = {
    job: { runPath: run.runPath, targetPath: 'Run_1' },
    context: { releasing },
    bay: {
      transport: {
        readMeta: () => (onNas instanceof NasSyncError ? Promise.reject(onNas) : Promise.resolve(onNas)),
      },
    },
    signal: new AbortController().signal,
  } as unknown as WorkOrder;
  const proof = { files: new Map([['a', { dev: dev === '' ? run.dev : dev }]]) } as unknown as DeletionProof;
  return leftByUs(order, proof);
}

describe('a run folder that is not here was deleted by nas-sync', () => {
  it('if its deletion had begun and the record on the NAS says cleaned', async () => {
    expect(await asked(record('cleaned'))).toBe(true);
  });

  it.each([
    ['no deletion had begun', record('cleaned'), { releasing: null }],
    ['the NAS was never told', record('synced'), {}],
    ['the NAS has no record', null, {}],
    ['the record there cannot be read as one', Buffer.from('{'), {}],
    ['the NAS does not answer', new NasSyncError('network', 'away'), {}],
    ['its disk is not the one on which the files were', record('cleaned'), { dev: '1:other' }],
  ])('never where %s', async (_, onNas, options) => {
    expect(await asked(onNas, options)).toBe(false);
  });
});

describe('what of a run may be gone', () => {
  const engine = (dev: string) => {
    const proofs = { newest: () => Promise.resolve({ files: [{ path: 'a', dev }], shape: [] }) };
    return { store: { proofs }, bays: new Map() } as unknown as Parameters<typeof releasedOf>[0];
  };
  const job = (runPath: string, releasing: string | null) =>
    ({ jobId: 'job', runPath, context: { releasing, trashed: null } }) as unknown as Parameters<typeof releasedOf>[1];

  it('is nothing before a deletion has begun, whatever is missing', async () => {
    const { runPath, dev } = absentRun();
    expect(await releasedOf(engine(dev), job(runPath, null))).toEqual({ released: null });
  });

  it('is what its proof names once a deletion has begun', async () => {
    const { runPath, dev } = absentRun();
    expect(await releasedOf(engine(dev), job(runPath, 'proof'))).toMatchObject({
      released: { files: [{ path: 'a' }] },
      emptied: true,
    });
  });
});
