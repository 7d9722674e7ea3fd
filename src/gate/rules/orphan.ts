import { printable } from '../../run/printable.js';
import { shellWord } from '../../run/shell-quote.js';
import type { Finding } from '../validator.js';
import { quoted } from './words.js';

/** What the audit says of a run folder without a record; no rule, because rules see only runs that have one. */
export const orphanFinding = (runPath: string): Finding => ({
  rule: 'orphan',
  tier: 'soft',
  subject: printable(runPath),
  message: `${quoted(runPath)} has no run record, so it is never synced: run \`nas-sync adopt ${shellWord(runPath)}\`, or move it away`,
  overriddenBy: null,
});
