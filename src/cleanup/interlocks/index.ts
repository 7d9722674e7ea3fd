import type { CleanupPolicy } from '../../config/schema.js';
import type { Interlock } from '../../machines/job-types.js';
import { foldersWritable } from './folder-interlocks.js';
import { NOTHING_LOCAL, type PassFacts, type SceneFacts } from './observations.js';
import { age, evidence, LET_IT_BE_PROVEN, proofFresh, verifyPasses } from './pass-interlocks.js';
import { gate, noRevocation, notEmpty, nothingUnproven, sourceUnchanged } from './run-interlocks.js';
import { noExtraFiles, sealCurrent, targetPresent, targetReachable, targetUnchanged } from './target-interlocks.js';
import { noOpenWriters } from './writer-interlocks.js';

/** All of them, cheapest first. A deletion needs every one. */
export const allInterlocks = (passes: PassFacts, scene: SceneFacts, policy: CleanupPolicy): Interlock[] => [
  verifyPasses(passes, policy),
  age(passes, policy),
  evidence(passes, policy),
  proofFresh(passes, policy),
  noRevocation(scene, passes),
  gate(scene),
  notEmpty(scene),
  sourceUnchanged(scene),
  nothingUnproven(scene),
  foldersWritable(scene),
  noOpenWriters(scene.openWriters, passes.now),
  targetReachable(scene),
  sealCurrent(scene),
  targetPresent(scene),
  noExtraFiles(scene),
  targetUnchanged(scene, passes),
];

const NEVER: PassFacts = { now: 0, passes: 0, evidence: null, lastPassAt: null, ageMs: 0, expiresAt: null };

const NOTHING_SEEN: Omit<SceneFacts, 'runPath'> = {
  unreachable: 'not asked: nothing is proven yet',
  seal: null,
  notListed: null,
  extra: null,
  extraAllowed: null,
  damaged: null,
  ...NOTHING_LOCAL,
  files: 0,
  emptyAllowed: null,
};

/** Of a run that nothing proves: nobody asks what else holds, and none may look as if it did. */
export const unprovenInterlocks = (runPath: string, measured: string, policy: CleanupPolicy): Interlock[] =>
  allInterlocks(NEVER, { ...NOTHING_SEEN, runPath }, policy).map(({ name, required }) => ({
    name,
    ok: false,
    measured,
    required,
    until: null,
    fix: LET_IT_BE_PROVEN,
  }));
