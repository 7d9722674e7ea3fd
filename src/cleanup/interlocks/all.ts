import type { Interlock } from '../../machines/job-types.js';
import type { CleanupPolicy, PassFacts, SceneFacts } from './facts.js';
import { age, evidence, proofFresh, verifyPasses } from './of-passes.js';
import { gate, noRevocation, nothingUnproven, sourceUnchanged } from './of-run.js';
import { sealCurrent, targetPresent, targetReachable, targetUnchanged } from './of-target.js';

/** All of them, cheapest first. A deletion needs every one. */
export const allInterlocks = (passes: PassFacts, scene: SceneFacts, policy: CleanupPolicy): Interlock[] => [
  verifyPasses(passes, policy),
  age(passes, policy),
  evidence(passes, policy),
  proofFresh(passes, policy),
  noRevocation(scene, passes),
  gate(scene),
  sourceUnchanged(scene),
  nothingUnproven(scene),
  targetReachable(scene),
  sealCurrent(scene),
  targetPresent(scene),
  targetUnchanged(scene, passes),
];
