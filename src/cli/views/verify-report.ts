import { printable, type VerifyResult } from '../../index.js';
import { inBytes, inFiles } from '../text/sizes.js';
import { plain, type Paint } from '../text/paint.js';

const KINDS = [
  ['mismatched', 'different'],
  ['missing', 'missing on the NAS'],
  ['extra', 'only on the NAS'],
] as const;

/** What a pass saw: each path that is wrong, and a line that sums it up. */
export function verifyReport(result: VerifyResult, paint: Paint = plain): string[] {
  const { runPath, ok, evidence, files, bytes } = result;
  const size = `${inFiles(files)}, ${inBytes(bytes)}`;
  if (ok) return [`${paint('green', '✔ same')}  ${printable(runPath)}  (${size}; evidence: ${evidence})`];
  return [
    `${paint('red', '✖ differs')}  ${printable(runPath)}  (${size}; evidence: ${evidence})`,
    ...KINDS.flatMap(([key, word]) => result[key].map((path) => `    ${word}: ${printable(path)}`)),
  ];
}

/** `2 different, 1 missing on the NAS` */
export const countsOf = (result: VerifyResult): string =>
  KINDS.filter(([key]) => result[key].length > 0)
    .map(([key, word]) => `${result[key].length} ${word}`)
    .join(', ');
