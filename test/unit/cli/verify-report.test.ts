import { expect, test } from 'vitest';
import type { VerifyResult } from 'nas-sync';
import { countsOf, verifyReport } from '#dist/cli/views/verify-report.js';

const same: VerifyResult = {
  runPath: '/data/Run_1',
  ok: true,
  evidence: 'read-back',
  mismatched: [],
  missing: [],
  extra: [],
  files: 1,
  bytes: 10,
};
const damaged: VerifyResult = { ...same, ok: false, mismatched: ['a', 'b\n'], missing: ['c'], extra: ['d'] };

test('equal sides are one line, with the evidence', () => {
  expect(verifyReport(same)).toEqual(['✔ same  /data/Run_1  (1 file, 10 B; evidence: read-back)']);
});

test('each path that is wrong is named', () => {
  expect(verifyReport(damaged).slice(1)).toEqual([
    '    different: a',
    '    different: b\\n',
    '    missing on the NAS: c',
    '    only on the NAS: d',
  ]);
});

test('what is wrong is counted', () => {
  expect(countsOf(damaged)).toBe('2 different, 1 missing on the NAS, 1 only on the NAS');
});
