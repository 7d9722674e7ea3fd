import { randomUUID } from 'node:crypto';
import type { ProofSummary } from '../machines/job-types.js';
import type { NewProof } from '../persistence/proof-store.js';
import { shapeOf } from './local-state.js';
import type { Sides } from './pass.js';

export interface ProofRequest {
  readonly jobId: string;
  readonly generation: number;
  readonly madeAt: number;
  readonly validForMs: number;
  readonly invocation: string;
  readonly manifestSha256: string;
  readonly sides: Sides;
}

/** What a pass in which both sides were the same leaves behind. */
export function makeProof(request: ProofRequest): NewProof {
  const { sides } = request;
  return {
    proofId: randomUUID(),
    jobId: request.jobId,
    generation: request.generation,
    madeAt: request.madeAt,
    expiresAt: request.madeAt + request.validForMs,
    evidence: sides.evidence,
    method: sides.method,
    invocation: request.invocation,
    bytes: sides.walk.bytes,
    manifestSha256: request.manifestSha256,
    shapeSha256: shapeOf(sides.walk),
    files: sides.files,
  };
}

export const summaryOf = (proof: NewProof): ProofSummary => ({
  proofId: proof.proofId,
  evidence: proof.evidence,
  files: proof.files.length,
  bytes: proof.bytes,
  expiresAt: proof.expiresAt,
});
