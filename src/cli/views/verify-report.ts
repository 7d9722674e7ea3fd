import { printable, type VerifyResult } from '../../index.js';
import { inBytes, inFiles } from '../text/format.js';
import { plain, type Paint } from '../text/style.js';

const DAMAGE = [
  ['mismatched', 'different'],
  ['missing', 'missing on the NAS'],
] as const;
const KINDS = [...DAMAGE, ['extra', 'only on the NAS']] as const;

/** What a pass saw: each path that is wrong, and a line that sums it up. */
export function verifyReport(result: VerifyResult, paint: Paint = plain): string[] {
  const { runPath, ok, evidence, files, bytes } = result;
  const size = `${inFiles(files)}, ${inBytes(bytes)}`;
  const head = ok ? paint('green', '✔ same') : isHeld(result) ? paint('yellow', '+ more') : paint('red', '✖ differs');
  return [
    `${head}  ${printable(runPath)}  (${size}; evidence: ${evidence})`,
    ...KINDS.flatMap(([key, word]) => result[key].map((path) => `    ${word}: ${printable(path)}`)),
    ...(result.volatile ?? []).map(
      (path) => `    volatile, differs or is on one side only (no damage): ${printable(path)}`,
    ),
  ];
}

/** The NAS holds every file as it is, and perhaps more. */
export const isHeld = (result: VerifyResult): boolean => DAMAGE.every(([key]) => result[key].length === 0);

/** `2 different, 1 missing on the NAS` */
export const countsOf = (result: VerifyResult): string =>
  KINDS.filter(([key]) => result[key].length > 0)
    .map(([key, word]) => `${result[key].length} ${word}`)
    .join(', ');
