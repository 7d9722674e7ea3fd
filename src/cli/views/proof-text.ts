import { printable, type ProofCheck, type ProofDocument } from '../../index.js';
import { inBytes, inFiles } from '../text/format.js';
import { plain, type Paint } from '../text/style.js';
import { verifyReport } from './verify-report.js';

/** What moves a terminal, but for the line ends of our own; JSON itself lets most of it through. */
const UNPRINTABLE = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** The document as JSON that is safe to show: the same value, and so the same hash. */
export const proofText = (document: ProofDocument): string =>
  JSON.stringify(document, null, 2).replace(UNPRINTABLE, (found) =>
    found
      .split('')
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
      .join(''),
  );

/** `2 files, 3 kB, 2 passes that count; deletion: not yet` */
export function summaryOf({ files, passes, deletion }: ProofDocument): string {
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  const counting = passes.filter(({ counts }) => counts).length;
  const word = counting === 1 ? 'pass that counts' : 'passes that count';
  return `${inFiles(files.length)}, ${inBytes(bytes)}, ${counting} ${word}; deletion: ${deletionIn(deletion)}`;
}

function deletionIn(deletion: ProofDocument['deletion']): string {
  if (deletion === null) return 'not allowed yet';
  return deletion.finishedAt === null ? `allowed ${deletion.allowedAt}` : `done ${deletion.finishedAt}`;
}

/** As of a pass, and by which document. */
export const checkReport = (check: ProofCheck, paint: Paint = plain): string[] => [
  ...verifyReport(check, paint),
  `    ${printable(check.method)}; proof ${check.documentSha256}`,
];
