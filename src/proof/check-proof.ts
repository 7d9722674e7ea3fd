import type { Engine } from '../engine/engine.js';
import { reporter } from '../engine/progress.js';
import type { Digest, FileEntry } from '../run/entry.js';
import { compare, isSame, type Comparison, type VerifyResult } from '../verify/compare.js';
import type { ProofDocument } from './document.js';
import { requireSameRun, wayTo } from './match-document.js';
import { requireProof } from './read-document.js';
import { entriesOf, readNas } from './read-nas.js';
import { brokenSeal } from './seal.js';

/** How the NAS compares with a document. `files` and `bytes` are the document's. */
export interface ProofCheck extends VerifyResult {
  /** The evidence in words. */
  readonly method: string;
  readonly documentSha256: string;
}

export interface CheckProofOptions {
  /** A run, or the id of a job, that the document must be of. */
  readonly run?: string;
  readonly signal?: AbortSignal;
}

/**
 * Compares a document with the NAS. Neither the queue nor the workstation needs to know the run any more.
 * @throws NasSyncError `usage`, `hash_mismatch` for what is no unaltered proof; `wrong_target`, `not_configured`
 */
export async function checkProof(
  engine: Engine,
  given: ProofDocument,
  { run, signal }: { run?: string | undefined; signal: AbortSignal },
): Promise<ProofCheck> {
  const document = requireProof(given);
  if (run !== undefined) await requireSameRun(engine.config, document, run);
  const { transport, names } = await wayTo(engine, document, signal);
  const files = document.files.length;
  const bytes = document.files.reduce((sum, { size }) => sum + size, 0);
  const onProgress = reporter({ job: document.run, engine }, 'verify', { files, bytes });
  try {
    const target = document.target.path;
    const listing = await readNas({ transport, target, pool: engine.pool, signal, onProgress }, document);
    const contents = new Map(document.files.map((file) => [file.path, [`sha256:${file.sha256}`, file.other]]));
    const isContentOf = ({ path }: FileEntry, digest: Digest): boolean => contents.get(path)?.includes(digest) === true;
    const found = together(
      compare(entriesOf(document), isContentOf, listing, { names }),
      await brokenSeal(document, transport, signal),
    );
    const { evidence, method } = listing;
    const { runPath } = document.run;
    const { volatile, ...differences } = found;
    return {
      ...{
        runPath,
        ok: isSame(found),
        evidence,
        ...differences,
        files,
        bytes,
        method,
        documentSha256: document.sha256,
      },
      ...(volatile.length > 0 && { volatile }),
    };
  } finally {
    engine.events.emit({ type: 'work.ended', at: engine.clock.now(), jobId: document.run.jobId });
  }
}

const together = (contents: Comparison, seal: Pick<Comparison, 'mismatched' | 'missing'>): Comparison => ({
  mismatched: [...contents.mismatched, ...seal.mismatched],
  missing: [...contents.missing, ...seal.missing],
  extra: contents.extra,
  volatile: contents.volatile,
});
