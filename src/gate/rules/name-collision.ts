import { byCodePoint } from '../../run/code-point-order.js';
import { printable } from '../../run/printable.js';
import type { FolderFacts, Found, Rule } from './rule.js';

const ASCII = /^[\x20-\x7e]*$/;
/** Of no width, and of no account to file systems that fold names. */
const IGNORED = /\p{Default_Ignorable_Code_Point}/gu;
const DOTLESS_I = '\u0131';

/**
 * Equal for names that some file system takes for one: case folded in full and decomposed, as ext4 (`casefold`), APFS,
 * HFS+, NTFS and ZFS do it, each a little differently. The dotless i, which only JavaScript merges with `i`, is itself.
 */
function foldedName(name: string): string {
  if (ASCII.test(name)) return name.toUpperCase();
  const plain = name.normalize('NFD').replace(IGNORED, '');
  return plain
    .split(DOTLESS_I)
    .map((part) => part.toLowerCase().toUpperCase())
    .join(DOTLESS_I);
}

function collisions({ path: folder, names }: FolderFacts): Found[] {
  const firstOf = new Map<string, string>();
  const merged = new Map<string, string[]>();
  for (const name of names) {
    const folded = foldedName(name);
    const first = firstOf.get(folded);
    if (first === undefined) firstOf.set(folded, name);
    else merged.set(folded, [...(merged.get(folded) ?? [first]), name]);
  }
  return [...merged.values()].flatMap((group) => found(folder, group.toSorted(byCodePoint)));
}

const found = (folder: string, [first = '', ...others]: readonly string[]): Found[] =>
  others.map((name) => {
    const shown = (one: string): string => printable(folder === '' ? one : `${folder}/${one}`);
    const spell = looksLike(first, name) ? spelled : shown;
    return {
      path: folder === '' ? name : `${folder}/${name}`,
      message: `"${spell(first)}" and "${spell(name)}" would be one on some NAS${place(folder, spell === spelled)}: rename one of them`,
    };
  });

const place = (folder: string, named: boolean): string => {
  if (!named) return '';
  return folder === '' ? ' (at the top of the run)' : ` (in "${printable(folder)}")`;
};

const looksLike = (a: string, b: string): boolean =>
  a.normalize('NFC').replace(IGNORED, '') === b.normalize('NFC').replace(IGNORED, '');

/** Names that look the same are told apart by their code points. */
const spelled = (name: string): string =>
  printable([...name].map((one) => (one > '\x7e' ? `\\u{${(one.codePointAt(0) ?? 0).toString(16)}}` : one)).join(''));

/** Of several names that would become one, each but the first is a finding. */
export const nameCollision: Rule = { name: 'name_collision', tier: 'hard', checks: { folder: collisions } };
