import { describe, expect, it } from 'vitest';
import { foldersWritable } from '#dist/cleanup/interlocks/folder-interlocks.js';
import { allInterlocks, unprovenInterlocks } from '#dist/cleanup/interlocks/index.js';
import type { PassFacts, SceneFacts } from '#dist/cleanup/interlocks/observations.js';
import { age, evidence, proofFresh, verifyPasses } from '#dist/cleanup/interlocks/pass-interlocks.js';
import {
  gate,
  noRevocation,
  notEmpty,
  nothingUnproven,
  sourceUnchanged,
} from '#dist/cleanup/interlocks/run-interlocks.js';
import {
  noExtraFiles,
  sealCurrent,
  targetPresent,
  targetReachable,
  targetUnchanged,
} from '#dist/cleanup/interlocks/target-interlocks.js';
import { noOpenWriters } from '#dist/cleanup/interlocks/writer-interlocks.js';
import { NOTHING_LOCKED, type LockedPath } from '#dist/cleanup/locked/find-locked.js';
import type { CleanupPolicy } from '#dist/config/schema.js';

const HOUR = 3_600_000;
const NOW = Date.UTC(2026, 0, 10);

const POLICY: CleanupPolicy = {
  enabled: true,
  minVerifyPasses: 2,
  minAgeHours: 24,
  retainCache: true,
  minEvidence: 'read-back',
  passIntervalHours: 24,
  trashHours: 0,
};
const PASSES: PassFacts = {
  now: NOW,
  passes: 2,
  evidence: 'read-back',
  lastPassAt: NOW - 24 * HOUR,
  ageMs: 24 * HOUR,
  expiresAt: NOW + 48 * HOUR,
};
const SCENE: SceneFacts = {
  runPath: '/data/Run 1',
  unreachable: null,
  seal: 'current',
  notListed: [],
  damaged: [],
  revocations: [],
  blocked: null,
  changed: [],
  unproven: [],
  source: { byTimes: 3, byContent: 0, unread: 0 },
  locks: NOTHING_LOCKED,
  openWriters: { writers: [], untold: 0, quietMs: null },
  files: 3,
  emptyAllowed: null,
  extra: [],
  extraAllowed: null,
};
const NEVER: PassFacts = { ...PASSES, passes: 0, evidence: null, lastPassAt: null, ageMs: 0, expiresAt: null };
const WRITER = { path: 'a.txt', pid: 7, program: 'acquire', how: 'open' } as const;
const LOCKED: LockedPath = { path: '/data/Run 1/deep', why: 'denied', mode: 0o555, uid: 7 };
const kept = [{ path: 'a.txt', reason: 'a new file' }];

describe('each interlock holds on one side of its edge only', () => {
  const edges: [string, { ok: boolean }, { ok: boolean }][] = [
    ['verify_passes', verifyPasses(PASSES, POLICY), verifyPasses({ ...PASSES, passes: 1 }, POLICY)],
    ['age', age(PASSES, POLICY), age({ ...PASSES, ageMs: 24 * HOUR - 1 }, POLICY)],
    ['evidence', evidence(PASSES, POLICY), evidence({ ...PASSES, evidence: 'cached-read' }, POLICY)],
    ['evidence, stronger', evidence({ ...PASSES, evidence: 'remote-hash' }, POLICY), evidence(NEVER, POLICY)],
    [
      'proof_fresh, by its own end',
      proofFresh({ ...PASSES, expiresAt: NOW + 1 }, POLICY),
      proofFresh({ ...PASSES, expiresAt: NOW }, POLICY),
    ],
    [
      'proof_fresh, by the policy',
      proofFresh({ ...PASSES, ageMs: 72 * HOUR }, POLICY),
      proofFresh({ ...PASSES, ageMs: 72 * HOUR + 1 }, POLICY),
    ],
    ['target_reachable', targetReachable(SCENE), targetReachable({ ...SCENE, unreachable: 'is it mounted?' })],
    ['seal_current, damaged', sealCurrent(SCENE), sealCurrent({ ...SCENE, seal: 'damaged' })],
    ['seal_current, not asked', sealCurrent(SCENE), sealCurrent({ ...SCENE, seal: null })],
    ['seal_current, foreign', sealCurrent(SCENE), sealCurrent({ ...SCENE, seal: { foreign: 'of another queue' } })],
    ['target_present', targetPresent(SCENE), targetPresent({ ...SCENE, notListed: ['a.txt'] })],
    ['target_present, not asked', targetPresent(SCENE), targetPresent({ ...SCENE, notListed: null })],
    ['target_unchanged', targetUnchanged(SCENE, PASSES), targetUnchanged({ ...SCENE, damaged: ['a.txt'] }, PASSES)],
    [
      'target_unchanged, not read',
      targetUnchanged({ ...SCENE, damaged: null }, PASSES),
      targetUnchanged({ ...SCENE, damaged: null, notListed: ['a.txt'] }, PASSES),
    ],
    [
      'no_revocation',
      noRevocation({ ...SCENE, revocations: [NOW - 24 * HOUR - 1] }, PASSES),
      noRevocation({ ...SCENE, revocations: [NOW - 24 * HOUR] }, PASSES),
    ],
    [
      'no_revocation, one that cannot be read',
      noRevocation(SCENE, PASSES),
      noRevocation({ ...SCENE, revocations: [null] }, PASSES),
    ],
    [
      'no_revocation, after the clock was set back by two days',
      noRevocation({ ...SCENE, revocations: [NOW - 72 * HOUR - 1] }, { ...PASSES, now: NOW - 48 * HOUR }),
      noRevocation({ ...SCENE, revocations: [NOW - 72 * HOUR] }, { ...PASSES, now: NOW - 48 * HOUR }),
    ],
    ['gate', gate(SCENE), gate({ ...SCENE, blocked: 'a bad name' })],
    ['source_unchanged', sourceUnchanged(SCENE), sourceUnchanged({ ...SCENE, changed: kept })],
    [
      'no_open_writers',
      noOpenWriters({ ...SCENE.openWriters, untold: 3 }, NOW),
      noOpenWriters({ ...SCENE.openWriters, writers: [WRITER] }, NOW),
    ],
    [
      'no_open_writers, where the system does not tell',
      noOpenWriters({ ...SCENE.openWriters, quietMs: 600_000 }, NOW),
      noOpenWriters({ ...SCENE.openWriters, quietMs: 599_999 }, NOW),
    ],
    ['not_empty', notEmpty({ ...SCENE, files: 1 }), notEmpty({ ...SCENE, files: 0 })],
    ['not_empty, by a word', notEmpty({ ...SCENE, files: 0, emptyAllowed: 'ada' }), notEmpty({ ...SCENE, files: 0 })],
    ['no_extra_files', noExtraFiles(SCENE), noExtraFiles({ ...SCENE, extra: ['b.txt'] })],
    ['no_extra_files, not asked', noExtraFiles(SCENE), noExtraFiles({ ...SCENE, extra: null, extraAllowed: 'ada' })],
    [
      'no_extra_files, by a word',
      noExtraFiles({ ...SCENE, extra: ['b.txt'], extraAllowed: 'ada' }),
      noExtraFiles({ ...SCENE, extra: ['b.txt'] }),
    ],
    [
      'folders_writable',
      foldersWritable(SCENE),
      foldersWritable({ ...SCENE, locks: { ...NOTHING_LOCKED, locked: [LOCKED] } }),
    ],
    ['nothing_unproven', nothingUnproven(SCENE), nothingUnproven({ ...SCENE, unproven: kept })],
  ];

  it.each(edges)('%s', (_, holds, fails) => {
    expect(holds).toMatchObject({ ok: true, until: null, fix: null });
    expect(fails).toMatchObject({ ok: false, fix: expect.stringMatching(/./u) as unknown });
  });
});

it('there are sixteen, each with a name of its own and words for what was measured and what is required', () => {
  const all = allInterlocks(PASSES, SCENE, POLICY);
  expect(new Set(all.map(({ name }) => name)).size).toBe(16);
  expect(all.filter(({ ok }) => !ok)).toEqual([]);
  for (const { measured, required } of all) expect([measured, required].join().length).toBeGreaterThan(5);
});

it('without a pass none that speaks of one holds', () => {
  const unmet = allInterlocks(NEVER, { ...SCENE, seal: null, notListed: null, damaged: null }, POLICY).filter(
    ({ ok }) => !ok,
  );
  expect(unmet.map(({ name }) => name)).toEqual([
    'verify_passes',
    'age',
    'evidence',
    'proof_fresh',
    'no_revocation',
    'seal_current',
    'target_present',
    'target_unchanged',
  ]);
});

it('of a run that is not proven none holds, and each says so', () => {
  const all = unprovenInterlocks('/data/Run 1', 'not proven yet', POLICY);
  expect(all.map(({ name }) => name)).toEqual(allInterlocks(PASSES, SCENE, POLICY).map(({ name }) => name));
  for (const one of all) expect(one).toMatchObject({ ok: false, measured: 'not proven yet', until: null });
});

it('an age of nothing passes where nothing is asked, and never without a pass', () => {
  const atOnce = { ...POLICY, minAgeHours: 0 };
  expect(age({ ...PASSES, ageMs: 0 }, atOnce).ok).toBe(true);
  expect(age(NEVER, atOnce).ok).toBe(false);
});

it('says until when it waits: the age by the hours that are left, the passes by the interval', () => {
  expect(age({ ...PASSES, ageMs: 23 * HOUR }, POLICY).until).toBe(NOW + HOUR);
  expect(verifyPasses({ ...PASSES, passes: 1, ageMs: 20 * HOUR }, POLICY).until).toBe(NOW + 4 * HOUR);
  expect(verifyPasses({ ...PASSES, passes: 1, ageMs: 30 * HOUR }, POLICY).until).toBe(NOW);
});

it('names the first three that are in the way, and counts the rest', () => {
  const many = ['a', 'b', 'c', 'd', 'e'].map((path) => ({ path, reason: 'a new file' }));
  expect(nothingUnproven({ ...SCENE, unproven: many }).measured).toBe(
    'a: a new file; b: a new file; c: a new file and 2 more',
  );
});

it('says of an open file who has it open, and of how many processes it cannot be told', () => {
  const look = { writers: [WRITER], untold: 2, quietMs: null };
  expect(noOpenWriters(look, NOW).measured).toBe(
    'a.txt: process 7 (acquire) has it open for writing; cannot tell of 2 processes',
  );
  expect(noOpenWriters({ writers: [], untold: 0, quietMs: 60_000 }, NOW)).toMatchObject({
    measured: 'this system does not tell who has a file open; the newest file changed 1 min ago',
    required: 'the newest file has not changed for 10 min',
    until: NOW + 540_000,
  });
});

it('quotes the run in the command that would help', () => {
  expect(gate({ ...SCENE, blocked: 'x' }).fix).toContain("'/data/Run 1'");
});
