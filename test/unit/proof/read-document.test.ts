import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NasSyncError, parseProof, type ProofDocument } from 'nas-sync';
import { forged, proof } from './documents.js';

const HASH = 'b'.repeat(64);

function refusal(document: unknown): NasSyncError {
  try {
    parseProof(typeof document === 'string' ? document : JSON.stringify(document));
  } catch (error) {
    if (error instanceof NasSyncError) return error;
    throw error;
  }
  throw new Error('it was taken for a proof');
}

/** Where the values of a document stand that are no lists and no objects. */
function leavesOf(value: unknown, path: (string | number)[] = []): (string | number)[][] {
  if (typeof value !== 'object' || value === null) return [path];
  return Object.entries(value).flatMap(([key, held]) => leavesOf(held, [...path, key]));
}

function changedAt(document: ProofDocument, path: readonly (string | number)[], to: unknown): unknown {
  const copy = structuredClone(document) as unknown as Record<string, unknown>;
  let holder = copy;
  for (const key of path.slice(0, -1)) holder = holder[key] as Record<string, unknown>;
  holder[path.at(-1)!] = to;
  return copy;
}

describe('a proof document that comes from outside', () => {
  it('is read as it was written, pretty or not, in any order of its keys', () => {
    const document = proof();
    const turned = Object.fromEntries(Object.entries(document).reverse());
    for (const text of [JSON.stringify(document), JSON.stringify(document, null, 2), JSON.stringify(turned)]) {
      expect(parseProof(text)).toEqual(document);
      expect(parseProof(Buffer.from(text))).toEqual(document);
    }
  });

  it('is refused with any single value changed, wherever it stands', () => {
    const document = proof();
    const leaf = fc.constantFrom(...leavesOf(document));
    const value = fc.oneof(fc.string(), fc.nat(), fc.boolean(), fc.constant(null), fc.constant(HASH));
    fc.assert(
      fc.property(leaf, value, (path, to) => {
        const altered = changedAt(document, path, to);
        fc.pre(JSON.stringify(altered) !== JSON.stringify(document));
        expect(['usage', 'hash_mismatch']).toContain(refusal(altered).code);
      }),
      { numRuns: 500 },
    );
  });

  it('is refused as altered where its shape is right and its hash is not', () => {
    for (const [key, to] of [
      ['state', 'cleaned'],
      ['cleanedAt', '2026-01-01T00:00:00.000Z'],
      ['sha256', HASH],
      ['files', proof().files.slice(1)],
      ['folders', []],
      ['passes', proof().passes.slice(1)],
      ['actions', [{ at: '2026-01-01T00:00:00.000Z', event: 'retried', by: 'me', reason: null }]],
      ['target', { ...proof().target, path: 'SCOPE/Run_2' }],
    ] as const) {
      expect(refusal({ ...proof(), [key]: to })).toMatchObject({ code: 'hash_mismatch' });
    }
  });

  it.each([
    ['text that is no JSON', 'Run_1', /no JSON/],
    ['a text that is cut off', JSON.stringify(proof()).slice(0, -1), /no JSON/],
    ['null', null, /format/],
    ['a list', [], /format/],
    ['another document of ours', { jobs: [] }, /format/],
    ['a later version', { ...proof(), version: 2 }, /version/],
    ['an unknown key', { ...proof(), note: 'all is well' }, /note|document/],
    ['a key that is missing', { ...proof(), interlocks: undefined }, /interlocks/],
    ['a key twice', JSON.stringify(proof()).replace('"state":', '"state":"cleaned","state":'), /twice/],
  ])('%s is no proof', (_, document, why) => {
    expect(refusal(document)).toMatchObject({ code: 'usage', message: expect.stringMatching(why) as string });
  });

  it('is no proof in another encoding', () => {
    expect(() => parseProof(Buffer.from(JSON.stringify(proof()), 'utf16le'))).toThrow(/UTF-8/);
  });
});

describe('a document with the right hash for the wrong thing', () => {
  const fileAt = (path: string) => [{ ...proof().files[0]!, path }, proof().files[1]!];

  it.each(['../a', '/etc/passwd', 'a/../../b', './a', 'a//b', '', 'a/', '..', '.', 'a\0b', '.exlab-wizard/x'])(
    'names no file %j',
    (path) => {
      expect(refusal(forged({ files: fileAt(path) }))).toMatchObject({ code: 'usage' });
      expect(refusal(forged({ folders: [path] }))).toMatchObject({ code: 'usage' });
      expect(refusal(forged({ links: [{ path, linkTo: 'a.txt' }] }))).toMatchObject({ code: 'usage' });
    },
  );

  it.each(['../Run_1', '/', '', 'SCOPE/../Run_1'])('has no place %j on the NAS', (path) => {
    expect(refusal(forged({ target: { ...proof().target, path } }))).toMatchObject({ code: 'usage' });
  });

  it('has no other run behind the path of its own', () => {
    const target = { ...proof().target, path: 'SCOPE/Run_2' };
    expect(refusal(forged({ target })).message).toMatch(/place on the NAS/);
  });

  it.each<[string, Partial<ProofDocument>, RegExp]>([
    ['a path twice', { files: fileAt('sub/b.txt') }, /"sub\/b.txt" twice/],
    ['a path as a file and as a folder', { folders: ['sub', 'a.txt'] }, /twice/],
    ['fewer files than its last pass', { files: proof().files.slice(1) }, /last pass/],
    ['other sizes', { files: proof().files.map((file) => ({ ...file, size: 6 })) }, /last pass/],
    ['other links', { links: [{ path: 'l', linkTo: 'sub/b.txt' }] }, /links and folders/],
    ['no pass', { passes: [] }, /no pass that counts/],
    ['no pass that counts', { passes: proof().passes.map((pass) => ({ ...pass, counts: false })) }, /no pass/],
    ['a pass twice', { passes: [proof().passes[2]!, proof().passes[2]!] }, /a pass twice/],
    ['a followed link without its file', { followed: [{ path: 'x', linkTo: 'a.txt' }] }, /followed link/],
    [
      'a deletion on passes that it does not name',
      { deletion: { allowedAt: proof().by.at, finishedAt: null, files: 2, bytes: 10, passes: ['elsewhere'] } },
      /rests on a pass/,
    ],
    [
      'interlocks without a deletion',
      { interlocks: [{ name: 'age', ok: true, measured: '', required: '' }] },
      /no deletion/,
    ],
    [
      'a deletion against an interlock',
      {
        deletion: { allowedAt: proof().by.at, finishedAt: null, files: 2, bytes: 10, passes: [] },
        interlocks: [{ name: 'age', ok: false, measured: '1 h', required: '24 h' }],
      },
      /against an interlock/,
    ],
  ])('is refused: %s', (_, changes, why) => {
    expect(refusal(forged(changes))).toMatchObject({ code: 'usage', message: expect.stringMatching(why) as string });
  });
});
