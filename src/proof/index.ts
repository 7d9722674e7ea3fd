/** The proof of a run as a document: written, read, and compared with a NAS. */
export { checkProof, type CheckProofOptions, type ProofCheck } from './check-proof.js';
export type { ProofDocument } from './document.js';
export { ownVersion } from '../engine/package-version.js';
export { parseProof } from './read-document.js';
export { proofOf } from './write-document.js';
