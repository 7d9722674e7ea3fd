import { printable, type CleanResult, type InterlockView } from '../../index.js';
import { inBytes, inFiles } from '../text/format.js';
import type { Paint } from '../text/style.js';

/** What `clean` did, or would do. */
export function cleanReport(result: CleanResult, { dryRun, paint }: { dryRun: boolean; paint: Paint }): string[] {
  const { runPath, interlocks, refused } = result;
  return [
    `${headOf(result, dryRun, paint)}  ${printable(runPath)}`,
    ...interlockLines(interlocks, paint),
    ...refused.map(({ path, reason }) => `    stays: ${printable(path)}: ${printable(reason)}`),
  ];
}

function headOf({ deleted, interlocks, files, bytes }: CleanResult, dryRun: boolean, paint: Paint): string {
  const size = `${inFiles(files)}, ${inBytes(bytes)}`;
  if (deleted) return `${paint('green', '✔ cleaned')} (${size})`;
  const allowed = interlocks.every(({ ok }) => ok);
  if (dryRun && allowed) return `${paint('green', '✔ would go')} (${size})`;
  return paint('yellow', '… stays');
}

/** A line an interlock, with what was measured and what is required; below one that does not hold, its fix. */
export function interlockLines(interlocks: readonly InterlockView[], paint: Paint): string[] {
  const widest = Math.max(0, ...interlocks.map(({ name }) => name.length));
  return interlocks.flatMap(({ name, ok, measured, required, fix }) => {
    const glyph = ok ? paint('green', '✔') : paint('red', '✖');
    const needed = ok ? '' : `  (required: ${required})`;
    const line = `  ${glyph} ${name.padEnd(widest)}  ${printable(measured + needed)}`;
    return fix === null ? [line] : [line, `    ${' '.repeat(widest)}  → ${printable(fix)}`];
  });
}
