import type { JobContext } from '../machines/job-types.js';
import type { ProofContents, ProvenFile, StoredProof } from '../persistence/proof-store.js';
import { manifestSha256Of } from '../run/manifest.js';
import type { NameRules, PathTest } from '../run/name-rules.js';
import { shapeSha256, type ShapeEntryWithMode } from '../run/tree-structure.js';
import { contentKeyOf } from './proof.js';

/**
 * What permits deletions: the files, links and folders of a run that a pass found on the NAS. Only {@link checked} makes
 * one, of stored data that is still what the pass stored.
 */
export class DeletionProof {
  readonly proof: StoredProof;
  /** The passes that the policy counts, oldest first; the last one made this proof. */
  readonly passes: readonly StoredProof[];
  /** By path. A link in whose place a file was copied is in `shape` too. */
  readonly files: ReadonlyMap<string, ProvenFile>;
  readonly shape: ReadonlyMap<string, ShapeEntryWithMode>;

  private constructor({ proof, files, shape }: ProofContents, passes: readonly StoredProof[]) {
    this.proof = proof;
    this.passes = passes;
    this.files = new Map(files.map((file) => [file.path, file]));
    this.shape = new Map(shape.map((entry) => [entry.path, entry]));
  }

  /** The proof that the job rests on, or in words why there is none. What is excluded by now is none of the run's. */
  static checked(
    context: Pick<JobContext, 'proof' | 'verifyPasses' | 'generation'>,
    contents: ProofContents | null,
    passes: readonly StoredProof[],
    { isExcluded }: Pick<NameRules, 'isExcluded'>,
  ): DeletionProof | string {
    const expected = context.proof?.proofId;
    if (expected === undefined) return 'no pass has proven it yet';
    const chain = passes.slice(-context.verifyPasses);
    if (contents?.proof.proofId !== expected || chain.at(-1)?.proofId !== expected) return 'its proof is not stored';
    if (chain.some(({ generation }) => generation !== context.generation)) return 'its proof is of older data';
    return faultOf(contents) ?? new DeletionProof(contents, ofSameContent(chain)).without(isExcluded);
  }

  /** The same proof without what it may not permit to go. */
  without(isSpared: PathTest): DeletionProof {
    const spares = [this.files, this.shape].some((named) => [...named.keys()].some(isSpared));
    if (!spares) return this;
    const files = [...this.files.values()].filter(({ path }) => !isSpared(path));
    const shape = [...this.shape.values()].filter(({ path }) => !isSpared(path));
    return new DeletionProof({ proof: this.proof, files, shape }, this.passes);
  }
}

/** The newest passes that found the same. What a pass before them found says nothing of it. */
function ofSameContent(chain: readonly StoredProof[]): StoredProof[] {
  const last = chain.at(-1);
  const other = chain.findLastIndex((pass) => last !== undefined && contentKeyOf(pass) !== contentKeyOf(last));
  return chain.slice(other + 1);
}

/** Rows that were lost or changed since the pass must not look like a proof of less, or of something else. */
function faultOf({ proof, files, shape }: ProofContents): string | null {
  const bytes = files.reduce((sum, file) => sum + file.size, 0);
  const whole =
    files.length === proof.fileCount &&
    bytes === proof.bytes &&
    manifestSha256Of(files, shape) === proof.manifestSha256 &&
    shapeSha256(shape) === proof.shapeSha256;
  return whole ? null : 'its stored proof is damaged: what it names is not what the pass sealed';
}
