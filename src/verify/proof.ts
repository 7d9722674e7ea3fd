import { createHash } from 'node:crypto';
import type { ProofSummary } from '../machines/job-types.js';
import type { FileDigest } from '../persistence/digest-store.js';
import type { NewProof } from '../persistence/proof-store.js';
import { manifestSha256Of } from '../run/manifest.js';
import type { NameRules } from '../run/name-rules.js';
import { shapeOf, shapeSha256, type ShapeEntry } from '../run/tree-structure.js';
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
  readonly names: Pick<NameRules, 'isVolatile'>;
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
    stableSha256: stableSha256Of(sides.files, shape, request.names),
    excluded: sides.excluded,
    steadyAt: request.steadyAt,
    shape,
    files: sides.files,
  };
}

/** What must be equal in two passes that count together: contents and shape, volatile names left out. */
function stableSha256Of(
  files: readonly FileDigest[],
  shape: readonly ShapeEntry[],
  { isVolatile }: ProofRequest['names'],
) {
  const isStable = ({ path }: { readonly path: string }): boolean => !isVolatile(path);
  const stable = shape.filter(isStable);
  return contentKeyOf({
    manifestSha256: manifestSha256Of(files.filter(isStable), stable),
    shapeSha256: shapeSha256(stable),
    stableSha256: '',
  });
}

/** A proof of a release that knew no volatile names has none of its own. */
export const contentKeyOf = (proof: Pick<NewProof, 'manifestSha256' | 'shapeSha256' | 'stableSha256'>): string =>
  proof.stableSha256 === ''
    ? createHash('sha256').update(`${proof.manifestSha256}\n${proof.shapeSha256}`).digest('hex')
    : proof.stableSha256;

export const summaryOf = (proof: NewProof): ProofSummary => ({
  proofId: proof.proofId,
  evidence: proof.evidence,
  files: proof.files.length,
  bytes: proof.bytes,
  expiresAt: proof.expiresAt,
  steadyAt: proof.steadyAt,
});
