import { rm } from 'node:fs/promises';
import { NasSyncError } from '../errors.js';
import { byCodePoint } from '../run/code-point-order.js';
import type { Digest, FileEntry, RunEntry } from '../run/entry.js';
import { makeTemporaryFolder } from '../run/fs/temp-folder.js';
import type { TargetListing } from '../transports/transport.js';
import type { ProofDocument } from './document.js';
import { readBack, type FarPlace } from './hash-by-fetching.js';

/** What a document names, as a walk of the run would have found it. */
export function entriesOf({ files, links, folders }: ProofDocument): RunEntry[] {
  const entries: RunEntry[] = [
    ...folders.map((path) => ({ kind: 'folder' as const, path, mode: 0o755, mtimeNs: '0' })),
    ...links.map(({ path, linkTo }) => ({ kind: 'link' as const, path, linkTo })),
    ...files.map(({ path, size }) => ({ kind: 'file' as const, path, mode: 0o644, identity: identityOf(size) })),
  ];
  return entries.sort((a, b) => byCodePoint(a.path, b.path));
}

const identityOf = (size: number): FileEntry['identity'] => ({ size, mtimeNs: '0', ctimeNs: '0', dev: '0', ino: '0' });

/**
 * What the NAS holds in the run's place. The workstation's own files are never looked at: they may be gone, or be others
 * than those of the document. What the NAS does not tell by a hash that the document has is fetched, and hashed here.
 */
export async function readNas(place: FarPlace, document: ProofDocument): Promise<TargetListing> {
  const entries = entriesOf(document);
  const listing = await listed(place, document, entries);
  const there = new Map(listing.files.map((file) => [file.path, file]));
  const known = new Map(document.files.map((file) => [file.path, file]));
  const untold = entries.filter((entry): entry is FileEntry => {
    const file = there.get(entry.path);
    if (entry.kind !== 'file' || file?.size !== entry.identity.size) return false;
    return !tells(file.digest, known.get(entry.path)?.other ?? null);
  });
  if (untold.length === 0) return listing;
  const digests = await readBack(place, untold);
  return {
    ...listing,
    files: listing.files.map((file) => ({ ...file, digest: digests.get(file.path) ?? file.digest })),
    evidence: 'read-back',
    method: 'files fetched from the target, and hashed here (sha256)',
  };
}

/** Whether a digest is by a hash that the document has of the file. */
const tells = (digest: Digest | null, other: Digest | null): boolean =>
  digest !== null && (digest.startsWith('sha256:') || digest.split(':')[0] === other?.split(':')[0]);

/** A target that can only compare is given an empty folder for the run: it then says that the run's files are gone. */
async function listed(place: FarPlace, document: ProofDocument, entries: readonly RunEntry[]): Promise<TargetListing> {
  const { transport, target, signal, onProgress } = place;
  const known = new Map(document.files.map(({ path, sha256 }) => [path, sha256]));
  const sha256Of = ({ path }: FileEntry): string | null => known.get(path) ?? null;
  const source = await makeTemporaryFolder('nas-sync-proof-');
  const ask = (asked: readonly RunEntry[]): Promise<TargetListing> =>
    transport.hash({ target, source, entries: asked, sha256Of, signal, onProgress });
  try {
    return await ask(entries).catch((error: unknown) => {
      if (!(error instanceof NasSyncError) || error.code !== 'local_file_vanished') throw error;
      return ask(entries.filter(({ kind }) => kind !== 'file'));
    });
  } finally {
    await rm(source, { recursive: true, force: true });
  }
}
