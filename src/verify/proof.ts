import type { ProofSummary } from '../machines/job-types.js';
import type { NewProof } from '../persistence/proof-store.js';
import { shapeOf, shapeSha256 } from '../run/shape.js';
import type { Sides } from './pass.js';

export interface ProofRequest {
  /** Made before the seal, which names it. */
  readonly proofId: string;
  readonly jobId: string;
  readonly generation: number;
  readonly madeAt: number;
  readonly validForMs: number;
  readonly invocation: string;
  readonly manifestSha256: string;
  /** By the clock that nobody sets, in ms. */
  readonly steadyAt: number;
  readonly sides: Sides;
}

/** What a pass in which both sides were the same leaves behind. */
export function makeProof(request: ProofRequest): NewProof {
  const { sides } = request;
  const shape = shapeOf(sides.walk.entries);
  return {
    proofId: request.proofId,
    jobId: request.jobId,
    generation: request.generation,
    madeAt: request.madeAt,
    expiresAt: request.madeAt + request.validForMs,
    evidence: sides.evidence,
    method: sides.method,
    invocation: request.invocation,
    bytes: sides.walk.bytes,
    manifestSha256: request.manifestSha256,
    shapeSha256: shapeSha256(shape),
    steadyAt: request.steadyAt,
    shape,
    files: sides.files,
  };
}

export const summaryOf = (proof: NewProof): ProofSummary => ({
  proofId: proof.proofId,
  evidence: proof.evidence,
  files: proof.files.length,
  bytes: proof.bytes,
  expiresAt: proof.expiresAt,
  steadyAt: proof.steadyAt,
});
