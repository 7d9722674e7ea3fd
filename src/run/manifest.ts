import { createHash } from 'node:crypto';
import { NasSyncError } from '../errors.js';
import { byCodePoint } from './code-point-order.js';
import { printable } from './printable.js';
import type { ShapeEntry } from './tree-structure.js';

/** `path` is relative to the run, `/`-separated, unescaped; `sha256` is 64 lower-case hex digits. */
export interface ManifestLine {
  readonly path: string;
  readonly sha256: string;
}

/** The manifest's place, relative to the run. */
export const MANIFEST_PATH = '.exlab-wizard/checksums.sha256';

const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r' };
const UNESCAPES: Readonly<Record<string, string>> = { '\\\\': '\\', '\\n': '\n', '\\r': '\r' };

/** `sha256sum -c` reads its standard input for the name `-`; `./-` is how coreutils spells a file of that name. */
const DASH = '-';
const DASH_FILE = './-';

const SHA256 = /^[0-9a-f]{64}$/;
const LINE = /^(?<escaped>\\?)(?<hex>[0-9a-f]{64}) [ *](?<name>.+)$/isu;
const KNOWN_ESCAPE = /\\[\\nr]/g;
const LONE_SURROGATE = /\p{Cs}/u;

/**
 * The text of `checksums.sha256`, sorted by code point, escaped exactly as coreutils 9 does. No files give the empty
 * string, which `sha256sum -c` refuses. Throws `source_invalid` for a path or hash that a manifest cannot hold.
 */
export function formatManifest(files: Iterable<ManifestLine>): string {
  const sorted = [...files].sort((a, b) => byCodePoint(a.path, b.path));
  sorted.forEach((file, index) => {
    const fault = !SHA256.test(file.sha256) ? `"${printable(file.sha256)}" is no SHA-256` : pathFault(file.path);
    const twice = sorted[index - 1]?.path === file.path ? 'it is listed twice' : undefined;
    const reason = fault ?? twice;
    if (reason !== undefined) {
      throw new NasSyncError(
        'source_invalid',
        `a manifest cannot hold "${printable(file.path)}", ${reason}: rename it`,
      );
    }
  });
  return sorted.map(formatLine).join('');
}

function formatLine({ path, sha256 }: ManifestLine): string {
  const name = path === DASH ? DASH_FILE : path;
  const escaped = name.replace(/[\\\n\r]/g, (character) => ESCAPES[character] ?? character);
  return `${escaped === name ? '' : '\\'}${sha256}  ${escaped}\n`;
}

/**
 * The lines of a manifest, in its own order. Reads text (two spaces) and binary (` *`) marks, upper-case hashes and
 * CRLF ends, and passes over comments (`#`). Throws `source_invalid`, naming the line, for anything else: a path that is absolute, leads outside, or
 * comes twice, and a last line that is cut off. The empty text gives no lines.
 */
export function parseManifest(text: string): ManifestLine[] {
  const lines = text.split('\n');
  if (lines.pop() !== '') throw bad(lines.length + 1, 'has no end and may be cut off');
  const seen = new Set<string>();
  return lines.flatMap((line, index) => {
    if (line.startsWith('#')) return [];
    const parsed = parseChecksumLine(line.endsWith('\r') ? line.slice(0, -1) : line);
    if (parsed === undefined) throw bad(index + 1, 'is not "<sha256>  <path>"');
    const path = parsed.path === DASH_FILE ? DASH : parsed.path;
    const fault = pathFault(path);
    if (fault !== undefined) throw bad(index + 1, `holds "${printable(path)}", ${fault}`);
    if (seen.has(path)) throw bad(index + 1, `names "${printable(path)}" a second time`);
    seen.add(path);
    return [{ path, sha256: parsed.sha256 }];
  });
}

/** What can be read of a manifest that may be cut off or damaged; what cannot is passed over. */
export function readableLines(data: Uint8Array): ManifestLine[] {
  const lines = Buffer.from(data).toString('utf8').split('\n');
  return lines.flatMap((line) => {
    const parsed = parseChecksumLine(line.endsWith('\r') ? line.slice(0, -1) : line);
    if (parsed === undefined) return [];
    return [{ path: parsed.path === DASH_FILE ? DASH : parsed.path, sha256: parsed.sha256 }];
  });
}

/**
 * One line of any `sha256sum`'s output, without its line end, with the name as it stands; `undefined` if it is none.
 */
export function parseChecksumLine(line: string): ManifestLine | undefined {
  const { escaped, hex, name } = LINE.exec(line)?.groups ?? {};
  if (hex === undefined || name === undefined) return undefined;
  const sha256 = hex.toLowerCase();
  if (escaped === '') return { path: name, sha256 };
  if (name.replace(KNOWN_ESCAPE, '').includes('\\')) return undefined;
  return { path: name.replace(KNOWN_ESCAPE, (escape) => UNESCAPES[escape] ?? escape), sha256 };
}

/**
 * Why a path from outside is none below a run, or `undefined`. A manifest is read again by `restore`, which must never be
 * led out of its folder.
 */
export function pathFault(path: string): string | undefined {
  if (path.includes('\0') || LONE_SURROGATE.test(path)) return 'it is no file name';
  const steps = path.split('/');
  if (steps.some((step) => step === '' || step === '.' || step === '..')) return 'it is no plain path below the run';
  return undefined;
}

const bad = (line: number, what: string): NasSyncError =>
  new NasSyncError(
    'source_invalid',
    `line ${line} of the manifest ${what}: put it right, or remove the manifest and verify again`,
  );

const EMPTY_RUN = '# nas-sync: this run holds no files\n';

/** SHA-256, in hex, of the manifest of these files, of a run of this shape. */
export const manifestSha256Of = (files: readonly ManifestLine[], shape: readonly ShapeEntry[]): string =>
  createHash('sha256')
    .update(
      manifestText(
        files,
        shape.filter(({ kind }) => kind === 'followed'),
      ),
    )
    .digest('hex');

/**
 * What `checksums.sha256` says of a run. Links in whose place a file was copied are told in lines that begin with `#`,
 * which `sha256sum -c` passes over. In the order given.
 */
export function manifestText(
  files: readonly ManifestLine[],
  followed: readonly { readonly path: string; readonly linkTo: string }[],
): string {
  if (files.length === 0) return EMPTY_RUN;
  const notes = followed.map(
    ({ path, linkTo }) =>
      `# nas-sync: ${printable(path)} is a link to ${printable(linkTo)} in the run; the file was copied\n`,
  );
  return notes.join('') + formatManifest(files);
}
