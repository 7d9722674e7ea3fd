import { defineConfig } from 'nas-sync';
import { newJob } from '#dist/machines/actions.js';
import type { Interlock, JobEvent } from '#dist/machines/job-types.js';
import type { JournalEntry } from '#dist/persistence/job.js';
import type { StoredProof } from '#dist/persistence/proof-store.js';
import { compose, type Known } from '#dist/proof/compose-document.js';
import { sealed, type ProofBody, type ProofDocument } from '#dist/proof/document.js';
import { shapeSha256 } from '#dist/run/tree-structure.js';

const HASH = 'a'.repeat(64);
const IDENTITY = { mtimeNs: '1', ctimeNs: '1', dev: '1', ino: '1' };
const FILES = ['a.txt', 'sub/b.txt'].map((path) => ({
  ...IDENTITY,
  path,
  size: 5,
  sha256: HASH,
  other: null,
  mode: null,
}));
const SHAPE = [
  { path: 'l', kind: 'link', linkTo: 'a.txt', mode: null, mtimeNs: null },
  { path: 'sub', kind: 'folder', linkTo: '', mode: null, mtimeNs: null },
] as const;

export const passAt = (madeAt: number, proofId = `proof-${madeAt}`): StoredProof => ({
  ...{ proofId, jobId: 'job-1', generation: 1, madeAt, expiresAt: madeAt + 1000, evidence: 'read-back' },
  ...{ method: 'read', invocation: `worker:${madeAt}`, bytes: 10, manifestSha256: HASH, fileCount: FILES.length },
  ...{ shapeSha256: shapeSha256(SHAPE), stableSha256: '', excluded: 0, steadyAt: 0 },
});

export function entry(seq: number, { type, ...detail }: JobEvent): JournalEntry {
  return { seq, jobId: 'job-1', at: detail.at, event: type, from: '', to: '', detail };
}

export const interlock = (name: string): Interlock => ({
  ...{ name, ok: true, measured: '2', required: 'at least 2', until: null, fix: null },
});

/** All that is known of a job with three passes, of which the last two count. */
export function known(changes: Partial<Known> = {}): Known {
  const passes = [passAt(1000), passAt(2000), passAt(3000)];
  const context = { ...newJob(0), verifyPasses: 2 };
  return {
    job: {
      ...{ jobId: 'job-1', runPath: '/data/SCOPE/Run_1', equipmentId: 'SCOPE', targetPath: 'SCOPE/Run_1' },
      ...{ nasPath: null, state: 'verified', phase: null, revision: 1, leaseOwner: null, files: 2, bytes: 10 },
      ...{ createdAt: 0, context, setAside: null },
    },
    context,
    bay: { equipment: { label: 'Scope' }, transport: { type: 'mount', place: 'mount:/nas' } },
    ...{ token: 'token-1', runId: 'run-1', by: { program: 'nas-sync', version: '1.2.3', host: 'pc', at: 4000 } },
    passes,
    contents: { proof: passes[2]!, files: FILES, shape: SHAPE },
    journal: [],
    removed: [],
    config: defineConfig({ equipment: [] }),
    ...changes,
  };
}

export const proof = (): ProofDocument => sealed(compose(known()));

/** A document that says something else and has the right hash for it, as a forger would make one. */
export function forged(changes: Partial<ProofBody>): ProofDocument {
  const { sha256: _, ...body } = proof();
  return sealed({ ...body, ...changes });
}
