import { describe, expect, it } from 'vitest';
import { compose } from '#dist/proof/compose-document.js';
import { entry, interlock, known, passAt } from './documents.js';

const passes = [passAt(2000), passAt(3000)];
const references = passes.map(({ proofId, madeAt: at, evidence, invocation }) => ({
  proofId,
  at,
  evidence,
  invocation,
}));
const satisfied = entry(7, {
  ...{ type: 'interlocks.satisfied', at: 5000, proofId: 'proof-3000', files: 2, bytes: 10 },
  ...{ passes: references, interlocks: [interlock('passes'), interlock('age')] },
});
const succeeded = entry(8, { type: 'cleanup.succeeded', at: 6000, files: 2, bytes: 10, passes: references });

describe('the document of a job', () => {
  it('marks the passes that say something of what the run holds now', () => {
    expect(compose(known()).passes.map(({ at, counts }) => [at, counts])).toEqual([
      ['1970-01-01T00:00:01.000Z', false],
      ['1970-01-01T00:00:02.000Z', true],
      ['1970-01-01T00:00:03.000Z', true],
    ]);
  });

  it('names no deletion and no interlock where none was allowed', () => {
    expect(compose(known())).toMatchObject({ interlocks: [], deletion: null });
  });

  it('names the interlocks as they were measured when the deletion was allowed, and that it goes on', () => {
    const { interlocks, deletion } = compose(known({ journal: [satisfied] }));
    expect(interlocks).toEqual([
      { name: 'passes', ok: true, measured: '2', required: 'at least 2' },
      { name: 'age', ok: true, measured: '2', required: 'at least 2' },
    ]);
    expect(deletion).toEqual({
      ...{ allowedAt: '1970-01-01T00:00:05.000Z', finishedAt: null, files: 2, bytes: 10 },
      passes: ['proof-2000', 'proof-3000'],
    });
  });

  it('names when the deletion was done', () => {
    const { deletion } = compose(known({ journal: [satisfied, succeeded] }));
    expect(deletion).toMatchObject({ finishedAt: '1970-01-01T00:00:06.000Z' });
  });

  it('takes no deletion of what the run held before for one of what it holds now', () => {
    const before = { ...satisfied, detail: { ...satisfied.detail, proofId: 'proof-1000' } };
    expect(compose(known({ journal: [before, succeeded] }))).toMatchObject({ interlocks: [], deletion: null });
  });

  it('names what operators did and why, and nobody else', () => {
    const journal = [
      entry(1, { type: 'cancelled', at: 1, by: 'ada', reason: 'wrong run' }),
      entry(2, { type: 'retried', at: 2 }),
      entry(3, { type: 'retried', at: 3, by: 'bob' }),
      entry(4, { type: 'run.changed', at: 4, reason: 'a.txt is new' }),
    ];
    expect(compose(known({ journal })).actions).toEqual([
      { at: '1970-01-01T00:00:00.001Z', event: 'cancelled', by: 'ada', reason: 'wrong run' },
      { at: '1970-01-01T00:00:00.003Z', event: 'retried', by: 'bob', reason: null },
    ]);
  });
});
