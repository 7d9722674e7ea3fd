import { printable, type CleanResult } from '../../index.js';
import { inBytes, inFiles } from '../text/sizes.js';
import type { Paint } from '../text/style.js';
import { interlockLines } from './interlock-list.js';

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
