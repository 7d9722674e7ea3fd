import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { ProofContents, ProvenFile, StoredProof } from '#dist/persistence/proof-store.js';
import { manifestText } from '#dist/run/manifest.js';
import { EVERY_NAME_IS_DATA } from '#dist/run/name-rules.js';
import { shapeSha256, type ShapeEntryWithMode } from '#dist/run/tree-structure.js';
import { DeletionProof } from '#dist/verify/deletion-proof.js';

const file = (path: string, sha256: string): ProvenFile => ({
  path,
  size: 4,
  mtimeNs: '1',
  ctimeNs: '1',
  dev: '1',
  ino: '1',
  sha256: sha256.repeat(64),
  other: null,
  mode: 0o644,
});
const FILES = [file('a', 'a'), file('b', 'b')];
const SHAPE: ShapeEntryWithMode[] = [{ path: 'd', kind: 'folder', linkTo: '', mode: 0o755, mtimeNs: '1' }];

const pass = (proofId: string, changes: Partial<StoredProof> = {}): StoredProof => ({
  proofId,
  jobId: 'job',
  generation: 3,
  madeAt: 1,
  expiresAt: 2,
  evidence: 'read-back',
  method: 'read',
  invocation: proofId,
  bytes: 8,
  manifestSha256: createHash('sha256').update(manifestText(FILES, [])).digest('hex'),
  shapeSha256: shapeSha256(SHAPE),
  stableSha256: '',
  excluded: 0,
  steadyAt: 1,
  fileCount: 2,
  ...changes,
});

const LAST = pass('second');
const CONTENTS: ProofContents = { proof: LAST, files: FILES, shape: SHAPE };
const CHAIN = [pass('first'), LAST];
const CONTEXT = {
  generation: 3,
  verifyPasses: 2,
  proof: { proofId: 'second', evidence: 'read-back', files: 2, bytes: 8, expiresAt: 2, steadyAt: 1 },
} as const;

const checked = (contents: ProofContents | null, chain: readonly StoredProof[], context: object = {}) =>
  DeletionProof.checked({ ...CONTEXT, ...context }, contents, chain, EVERY_NAME_IS_DATA);

describe('a proof permits deletions', () => {
  it('where all of it is as its passes stored it', () => {
    expect(checked(CONTENTS, CHAIN)).toBeInstanceOf(DeletionProof);
  });
});

describe('a pass before the last one counts', () => {
  const countOf = (first: Partial<StoredProof>): number => {
    const proof = checked(CONTENTS, [pass('first', first), LAST]);
    return proof instanceof DeletionProof ? proof.passes.length : 0;
  };
  const stable = (stableSha256: string, other: Partial<StoredProof> = {}): number => {
    const last = pass('second', { stableSha256: 's' });
    const proof = checked({ ...CONTENTS, proof: last }, [pass('first', { stableSha256, ...other }), last]);
    return proof instanceof DeletionProof ? proof.passes.length : 0;
  };

  it('where it saw the same contents, folders and links', () => {
    expect(countOf({})).toBe(2);
    expect(countOf({ manifestSha256: 'f'.repeat(64) })).toBe(1);
    expect(countOf({ shapeSha256: 'f'.repeat(64) })).toBe(1);
  });

  it('where only volatile names differ', () => {
    expect(stable('s', { manifestSha256: 'f'.repeat(64), shapeSha256: 'e'.repeat(64) })).toBe(2);
    expect(stable('t')).toBe(1);
  });
});

describe('no deletion is permitted', () => {
  it.each<[string, ProofContents | null, readonly StoredProof[], object, string]>([
    ['before a pass', CONTENTS, CHAIN, { proof: null }, 'no pass has proven it yet'],
    ['where the proof is not stored', null, CHAIN, {}, 'its proof is not stored'],
    [
      'by the proof of another pass',
      { ...CONTENTS, proof: pass('third') },
      [...CHAIN, pass('third')],
      {},
      'its proof is not stored',
    ],
    ['where a later pass follows', CONTENTS, [...CHAIN, pass('third')], {}, 'its proof is not stored'],
    ['by passes of an older generation', CONTENTS, CHAIN, { generation: 4 }, 'its proof is of older data'],
    [
      'where one pass is of older data',
      CONTENTS,
      [pass('first', { generation: 2 }), LAST],
      {},
      'its proof is of older',
    ],
    [
      'by a file with another hash than the manifest had',
      { ...CONTENTS, files: [file('a', 'c'), file('b', 'b')] },
      CHAIN,
      {},
      'its stored proof is damaged',
    ],
    [
      'by a file of another name than the manifest had',
      { ...CONTENTS, files: [file('a', 'a'), file('c', 'b')] },
      CHAIN,
      {},
      'its stored proof is damaged',
    ],
    [
      'by fewer files than were proven',
      { ...CONTENTS, files: FILES.slice(1) },
      CHAIN,
      {},
      'its stored proof is damaged',
    ],
    ['by other folders than were proven', { ...CONTENTS, shape: [] }, CHAIN, {}, 'its stored proof is damaged'],
    [
      'by files of another size',
      { ...CONTENTS, files: [{ ...file('a', 'a'), size: 5 }, file('b', 'b')] },
      CHAIN,
      {},
      'its stored proof is damaged',
    ],
  ])('%s', (_, contents, chain, context, why) => {
    expect(checked(contents, chain, context)).toEqual(expect.stringContaining(why));
  });
});
