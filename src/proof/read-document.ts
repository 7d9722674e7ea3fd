import { NasSyncError } from '../errors.js';
import { printable } from '../run/printable.js';
import { documentSha256, FORMAT, FORMAT_VERSION, proofSchema, type ProofDocument } from './document.js';
import { contradictionIn } from './find-inconsistency.js';

/**
 * A proof document from anywhere. @throws NasSyncError `usage` for what is none or contradicts itself, `hash_mismatch`
 * for one that was altered
 */
export function parseProof(bytes: Uint8Array | string): ProofDocument {
  let value: unknown;
  let json: string;
  try {
    json = typeof bytes === 'string' ? bytes : new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    value = JSON.parse(json);
  } catch (error) {
    throw noProof('it is no JSON text in UTF-8', error);
  }
  const document = requireProof(value);
  // A reader of the text sees the first of two members, and JSON.parse the last.
  if (keysIn(json) !== keysOf(document)) throw noProof('it names a key twice');
  return document;
}

/** The same for a value that was parsed already. */
export function requireProof(value: unknown): ProofDocument {
  const { format, version } = (value ?? {}) as { format?: unknown; version?: unknown };
  if (format !== FORMAT) throw noProof(`its format is not "${FORMAT}"`);
  if (version !== FORMAT_VERSION) throw noProof(`its version is not ${FORMAT_VERSION}; update nas-sync`);
  const parsed = proofSchema.safeParse(value);
  if (!parsed.success) throw noProof(firstOf(parsed.error.issues));
  const document = parsed.data;
  if (documentSha256(document) !== document.sha256) {
    throw new NasSyncError(
      'hash_mismatch',
      'the proof was altered: its content does not have the SHA-256 that it names; print it anew, or ask who changed it',
    );
  }
  const contradiction = contradictionIn(document);
  if (contradiction !== null) throw noProof(contradiction);
  return document;
}

const noProof = (why: string, cause?: unknown): NasSyncError =>
  new NasSyncError('usage', `this is no proof that can be checked: ${printable(why)}`, { cause });

function firstOf(issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[]): string {
  const [first] = issues;
  const where = first?.path.map(String).join('.') ?? '';
  return `${where === '' ? 'the document' : where}: ${first?.message ?? 'is not valid'}`;
}

/** Outside of strings, a colon stands after a key and nowhere else. */
const keysIn = (json: string): number => json.replace(/"[^"\\]*(?:\\.[^"\\]*)*"/gsu, '').split(':').length - 1;

function keysOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const held: unknown[] = Object.values(value);
  return (Array.isArray(value) ? 0 : held.length) + held.reduce((sum: number, one) => sum + keysOf(one), 0);
}
