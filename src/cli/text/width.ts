/** How wide text is on a terminal, and text made to fit a width. For text that is `printable`: no control characters. */

const characters = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
const WIDE =
  /^(?:\p{Emoji_Presentation}|\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Script=Hangul}|[\u3000-\u303f\uff01-\uff60\uffe0-\uffe6])|\ufe0f/u;
const NOTHING = /^[\p{Mn}\p{Me}\p{Cf}]+$/u;

const split = (text: string): string[] => Array.from(characters.segment(text), ({ segment }) => segment);

function widthOfOne(character: string): number {
  if (NOTHING.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}

/** The columns that a text takes. */
export const widthOf = (text: string): number =>
  split(text).reduce((width, character) => width + widthOfOne(character), 0);

/** The text, filled up with spaces on its right or, for numbers, on its left. */
export function padded(text: string, width: number, side: 'left' | 'right' = 'right'): string {
  const spaces = ' '.repeat(Math.max(0, width - widthOf(text)));
  return side === 'left' ? spaces + text : text + spaces;
}

function taken(of: readonly string[], width: number): string[] {
  let left = width;
  const fits = of.findIndex((character) => (left -= widthOfOne(character)) < 0);
  return fits === -1 ? [...of] : of.slice(0, fits);
}

/** As much of the start as fits, with an ellipsis where something is missing. */
export function cut(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  return width < 1 ? '' : `${taken(split(text), width - 1).join('')}…`;
}

/** As much of the end as fits: of a path, the end says more. */
export function cutStart(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  return width < 1
    ? ''
    : `…${taken(split(text).reverse(), width - 1)
        .reverse()
        .join('')}`;
}
