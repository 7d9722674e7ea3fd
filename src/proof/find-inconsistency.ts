import { byCodePoint } from '../run/code-point-order.js';
import { shapeSha256, type ShapeEntry } from '../run/tree-structure.js';
import type { ProofDocument } from './document.js';

/** The first way in which the parts of a document do not agree with each other, or `null`. Pure. */
export function contradictionIn(document: ProofDocument): string | null {
  return contentContradiction(document) ?? deletionContradiction(document) ?? placeContradiction(document);
}

function contentContradiction({ files, links, followed, folders, passes }: ProofDocument): string | null {
  const paths = [...files.map(({ path }) => path), ...links.map(({ path }) => path), ...folders];
  const twice = firstTwice(paths);
  if (twice !== null) return `it names ${JSON.stringify(twice)} twice`;
  const named = new Set(files.map(({ path }) => path));
  const lost = followed.find(({ path }) => !named.has(path));
  if (lost !== undefined) return `${JSON.stringify(lost.path)} is a followed link and no file`;
  const last = passes.at(-1);
  if (last?.counts !== true) return 'it names no pass that counts';
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  if (last.files !== files.length || last.bytes !== bytes) return 'its files are not those of its last pass';
  return last.shapeSha256 === shapeSha256(shapeOf({ links, followed, folders }))
    ? null
    : 'its links and folders are not those of its last pass';
}

function deletionContradiction({ passes, interlocks, deletion }: ProofDocument): string | null {
  const ids = passes.map(({ proofId }) => proofId);
  if (firstTwice(ids) !== null) return 'it names a pass twice';
  if (deletion === null) return interlocks.length === 0 ? null : 'it names interlocks and no deletion';
  if (deletion.passes.some((id) => !ids.includes(id))) return 'its deletion rests on a pass that it does not name';
  return interlocks.every(({ ok }) => ok) ? null : 'its deletion was allowed against an interlock';
}

/** The place on the NAS mirrors the run's path below its root, whatever separates the names there. */
const placeContradiction = ({ run, target }: ProofDocument): string | null =>
  slashed(run.runPath).endsWith(`/${slashed(target.path)}`) ? null : 'its place on the NAS is not that of its run';

const slashed = (path: string): string => path.replaceAll('\\', '/');

function firstTwice(names: readonly string[]): string | null {
  const seen = new Set<string>();
  return names.find((name) => seen.size === seen.add(name).size) ?? null;
}

/** In the order of the walk that the hash was made of. */
function shapeOf({ links, followed, folders }: Pick<ProofDocument, 'links' | 'followed' | 'folders'>): ShapeEntry[] {
  const shape: ShapeEntry[] = [
    ...links.map(({ path, linkTo }) => ({ kind: 'link' as const, path, linkTo })),
    ...followed.map(({ path, linkTo }) => ({ kind: 'followed' as const, path, linkTo })),
    ...folders.map((path) => ({ kind: 'folder' as const, path, linkTo: '' })),
  ];
  return shape.sort((a, b) => byCodePoint(a.path, b.path));
}
