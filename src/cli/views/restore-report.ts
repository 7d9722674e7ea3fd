import { printable, type RestoreResult } from '../../index.js';
import { inBytes, inFiles } from '../text/format.js';
import { plain, type Paint } from '../text/style.js';

const KINDS = [
  ['conflicts', 'in the way'],
  ['mismatched', 'not as it was proven'],
  ['missing', 'missing on the NAS'],
] as const;

/** What came back: each path that did not, and a line that sums it up. */
export function restoreReport(result: RestoreResult, paint: Paint = plain): string[] {
  const { runPath, to, restored, skipped, files, bytes, volatile = [] } = result;
  const whole = restored + skipped + volatile.length === files && KINDS.every(([key]) => result[key].length === 0);
  const mark = whole ? paint('green', '✔ restored') : paint('red', '✖ not whole');
  const where = to === runPath ? '' : ` in ${printable(to)}`;
  const size = bytes > 0 ? `${inFiles(files)}, ${inBytes(bytes)}` : inFiles(files);
  return [
    `${mark}  ${printable(runPath)}${where}  (${size}: ${restored} brought back, ${skipped} in place already)`,
    ...KINDS.flatMap(([key, word]) => result[key].map((path) => `    ${word}: ${printable(path)}`)),
    ...volatile.map((path) => `    volatile, left as it is: ${printable(path)}`),
  ];
}

/** What to do about what did not come, one line a reason. */
export function troublesOf(result: RestoreResult, overwrite: boolean): string[] {
  const { runPath, conflicts, mismatched, missing, restored } = result;
  const said: string[] = [];
  if (conflicts.length > 0) {
    const what = restored === 0 ? 'nothing was written' : 'the others came';
    const way = overwrite
      ? 'something that is no file stands there: move it away, or restore --to another folder'
      : 'restore with --overwrite to replace files, or --to another folder';
    said.push(`${runPath}: ${conflicts.length} in the way, ${what}; ${way}`);
  }
  if (mismatched.length + missing.length > 0) {
    const counts = [
      ...(mismatched.length > 0 ? [`${mismatched.length} not as proven`] : []),
      ...(missing.length > 0 ? [`${missing.length} missing`] : []),
    ];
    said.push(`${runPath}: the NAS copy does not match (${counts.join(', ')}); look for a backup of the NAS`);
  }
  return said;
}
