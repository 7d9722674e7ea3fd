import { auditLine } from '#dist/cli/views/audit-progress.js';
import { expect, test } from 'vitest';

const progress = { folders: 7, runs: 40, judged: 3, path: '/data/lab/SCOPE/Run_\x1b1' };

test('the line says how many runs are judged, and which one is', () => {
  expect(auditLine({ ...progress, phase: 'judging' }, 79)).toBe('… 3 of 40 runs judged  /data/lab/SCOPE/Run_\\x1b1');
});

test('the line says how many folders were looked at while runs are looked for', () => {
  expect(auditLine({ ...progress, phase: 'finding' }, 79)).toContain('… 7 folders looked at for runs  /data');
});

test('the line fits a narrow terminal, and shows the end of the path', () => {
  expect(auditLine({ ...progress, phase: 'judging' }, 36)).toBe('… 3 of 40 runs judged  …PE/Run_\\x1b1');
  expect(auditLine({ ...progress, phase: 'judging' }, 24)).toBe('… 3 of 40 runs judged');
  expect(auditLine({ ...progress, phase: 'judging' }, 10)).toBe('… 3 of 40…');
});
