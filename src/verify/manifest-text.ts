import { createHash } from 'node:crypto';
import { formatManifest, type ManifestLine } from '../run/manifest.js';
import { printable } from '../run/printable.js';
import type { ShapeEntry } from '../run/tree-structure.js';

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
