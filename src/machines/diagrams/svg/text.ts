/** Font sizes in the picture's own units. The README scales it to about 0.85, and 10.5 px is the least there. */
export const NAME_SIZE = 16;
export const TEXT_SIZE = 13;
export const LINE_HEIGHT = 17;

/** Advance widths in em, of the widest of the fonts that browsers fall back to; unlisted characters are `OTHER`. */
const ADVANCES: readonly (readonly [string, number])[] = [
  ["ijl'|.,:;!", 0.31],
  ['ftr()[]-/ "', 0.41],
  ['mwMW@%', 0.96],
  ['ABCDEFGHIJKLNOPQRSTUVXYZ', 0.74],
];
const OTHER = 0.62;
const WIDE = 1.05;
const MONO = 0.605;
const BOLD = 1.07;

const advances = new Map(ADVANCES.flatMap(([characters, width]) => [...characters].map((c) => [c, width] as const)));

const advanceOf = (character: string): number =>
  advances.get(character) ?? (character.codePointAt(0)! > 0x2fff ? WIDE : OTHER);

/** How wide a text may get in any sans-serif font, on the generous side. */
export const sansWidth = (text: string, size: number): number =>
  [...text].reduce((width, character) => width + advanceOf(character) * size, 0);

export const boldWidth = (text: string, size: number): number => sansWidth(text, size) * BOLD;

/** How wide a text may get in any fixed-width font. */
export const monoWidth = (text: string, size: number): number =>
  [...text].reduce((width, character) => width + (character.codePointAt(0)! > 0x2fff ? WIDE : MONO) * size, 0);

/** Breaks a text between words into as few lines as the width allows, all about as long; a wide word stays whole. */
export function wrap(text: string, width: number): string[] {
  const words = text.split(/\s+/).filter(Boolean);
  const lines = fill(words, width);
  for (let narrower = width - 4; narrower > 0; narrower -= 4) {
    const tried = fill(words, narrower);
    if (tried.length > lines.length || tried.some((line) => sansWidth(line, TEXT_SIZE) > narrower)) break;
    lines.splice(0, lines.length, ...tried);
  }
  return lines;
}

function fill(words: readonly string[], width: number): string[] {
  const lines: string[] = [];
  for (const word of words) {
    const longer = lines.length === 0 ? word : `${lines.at(-1)!} ${word}`;
    if (lines.length > 0 && sansWidth(longer, TEXT_SIZE) <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}
