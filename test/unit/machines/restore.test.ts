import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { JobEvent } from '#dist/machines/job-types.js';
import { advance, dehydrate, firstSnapshot, MACHINE_VERSION, publicState, restore } from '#dist/machines/restore.js';

const first = firstSnapshot({ at: 7 });
const CONTEXT: Readonly<Record<string, unknown>> = { ...first.context };
const KEYS = Object.keys(CONTEXT);
const claimed: JobEvent = { type: 'claimed', at: 8 };

const stored = (parsed: unknown, version = MACHINE_VERSION) => ({ version, snapshot: JSON.stringify(parsed) });
const withContext = (change: Record<string, unknown>) =>
  stored({ value: 'queued', context: { ...CONTEXT, ...change } });
const without = (key: string) => {
  const { [key]: _, ...rest } = CONTEXT;
  return stored({ value: 'queued', context: rest });
};

/** Set aside, with a word that a person can do something with: one line, no stack. */
function whyNot(input: { version: number; snapshot: string }): string {
  const restored = restore(input);
  if (restored.ok) throw new Error(`was read as ${JSON.stringify(restored.snapshot.value)}`);
  expect(restored.why).toMatch(/^[^\n]{5,300}$/);
  return restored.why;
}

describe('a stored snapshot', () => {
  test('is read as it was', () => {
    const restored = restore(dehydrate(advance(first, claimed)));
    expect(restored).toMatchObject({ ok: true, snapshot: { value: 'running', context: { lastAttemptAt: 8 } } });
  });

  test('holds the state and the context, and the version of the machine beside it', () => {
    expect(dehydrate(first)).toEqual({ version: 1, snapshot: JSON.stringify({ value: 'queued', context: CONTEXT }) });
  });
});

describe('cannot be read', () => {
  test.each(['', '{', 'undefined', '{"value":"queued"', '\u0000'])('text that is no JSON: %j', (snapshot) => {
    expect(whyNot({ version: 1, snapshot })).toMatch(/JSON/);
  });

  test.each([null, 5, 'queued', true])('JSON that is no snapshot: %j', (parsed) => {
    expect(whyNot(stored(parsed))).toContain('no object');
  });

  test.each([[[]], [{}], [{ context: CONTEXT }]])('a snapshot that names no state: %j', (parsed) => {
    expect(whyNot(stored(parsed))).toContain('names no state');
  });

  test.each(['uploading', '', 'job', { awaiting_verify: 'deleting' }, { queued: 'waiting' }, { gone: {} }])(
    'a state that this machine does not have: %j',
    (value) => {
      expect(whyNot(stored({ value, context: CONTEXT }))).toContain('names no state');
    },
  );

  test.each([undefined, null, 'text', 5])('a context that is none: %j', (context) => {
    expect(whyNot(stored({ value: 'queued', context }))).toContain('context');
  });

  test.each(KEYS)('a context without %s', (key) => {
    expect(whyNot(without(key))).toContain(`context's ${key}`);
  });

  test.each(['generation', 'attempts', 'mismatches', 'interruptions', 'verifyPasses'])(
    'a %s that is no count',
    (key) => {
      for (const value of [-1, 0.5, '1', null, true, 2 ** 53])
        expect(whyNot(withContext({ [key]: value }))).toContain(key);
    },
  );

  test.each(['dueAt', 'lastAttemptAt', 'verifiedAt', 'cleanedAt'])('a %s that is no time', (key) => {
    for (const value of ['now', {}, true]) expect(whyNot(withContext({ [key]: value }))).toContain(key);
  });

  test.each(['lastError', 'proof'])('a %s that is no object', (key) => {
    for (const value of ['text', 5, [], true]) expect(whyNot(withContext({ [key]: value }))).toContain(key);
  });

  test('waits that are no list', () => {
    for (const value of [null, {}, 'text']) expect(whyNot(withContext({ waitingFor: value }))).toContain('waitingFor');
  });

  test('what a newer release wrote, even where it looks the same; both versions are named', () => {
    expect(whyNot({ ...dehydrate(first), version: 2 })).toBe('written by machine version 2; this release knows 1');
  });

  test.each([0, -1])('what version %i wrote: no such version was released', (version) => {
    expect(whyNot({ ...dehydrate(first), version })).toContain(`machine version ${version}`);
  });
});

describe('whatever is stored', () => {
  const contextLike = fc.record(
    Object.fromEntries(KEYS.map((key) => [key, fc.oneof(fc.constant(CONTEXT[key]), fc.jsonValue())])),
  );
  const states = fc.constantFrom('queued', 'running', 'cleaned', { awaiting_verify: 'verifying' });
  const snapshotLike = fc.record({
    value: fc.oneof(states, fc.string()),
    context: fc.oneof(contextLike, fc.jsonValue()),
  });
  const texts = fc.oneof(
    fc.string(),
    fc.json(),
    snapshotLike.map((parsed) => JSON.stringify(parsed)),
  );

  test('restoring it never throws', () => {
    fc.assert(
      fc.property(texts, fc.integer({ min: -1, max: 3 }), (snapshot, version) => {
        const restored = restore({ version, snapshot });
        expect(restored.ok || restored.why.length > 0).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  test('what was read is in a public state and goes on without an error', () => {
    const numbers = fc.record(Object.fromEntries(KEYS.slice(0, 5).map((key) => [key, fc.nat()])));
    fc.assert(
      fc.property(states, numbers, (value, counts) => {
        const restored = restore(stored({ value, context: { ...CONTEXT, ...counts } }));
        if (!restored.ok) throw new Error(restored.why);
        expect(publicState(restored.snapshot).state).toBeTypeOf('string');
        expect(() => advance(restored.snapshot, claimed)).not.toThrow();
      }),
    );
  });
});

describe('nor is read', () => {
  test.each([
    'constructor',
    '__proto__',
    {},
    [],
    5,
    { queued: {}, running: {} },
    { awaiting_verify: 'waiting', running: {} },
  ])('a state value that names no one state: %j', (value) => {
    whyNot(stored({ value, context: CONTEXT }));
  });

  test('a null state is refused in words that a person understands', () => {
    expect(whyNot(stored({ value: null, context: CONTEXT }))).toContain('state');
  });

  test.each([
    ['lastError', {}],
    ['proof', {}],
    ['waitingFor', [5]],
  ])('a %s of the wrong shape inside: %j', (key, value) => {
    whyNot(withContext({ [key]: value }));
  });

  test('a snapshot that could not be read again is never written', () => {
    const [at, fraction] = [8, 0.25];
    const restored = restore(dehydrate(advance(first, { type: 'claimed', at: at + fraction })));
    expect(restored.ok).toBe(true);
  });
});
