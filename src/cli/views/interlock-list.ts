import { printable, type InterlockView } from '../../index.js';
import type { Paint } from '../text/style.js';

/** A line an interlock, with what was measured and what is required; below one that does not hold, its mend. */
export function interlockLines(interlocks: readonly InterlockView[], paint: Paint): string[] {
  const widest = Math.max(0, ...interlocks.map(({ name }) => name.length));
  return interlocks.flatMap(({ name, ok, measured, required, fix }) => {
    const glyph = ok ? paint('green', '✔') : paint('red', '✖');
    const needed = ok ? '' : `  (required: ${required})`;
    const line = `  ${glyph} ${name.padEnd(widest)}  ${printable(measured + needed)}`;
    return fix === null ? [line] : [line, `    ${' '.repeat(widest)}  → ${printable(fix)}`];
  });
}
