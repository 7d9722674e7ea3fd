import { expect, test } from 'vitest';
import type { DoctorCheck } from 'nas-sync';
import { checkLine } from '#dist/cli/views/doctor-progress.js';
import { doctorReport } from '#dist/cli/views/doctor-report.js';

const node: DoctorCheck = { equipmentId: null, name: 'node_version', ok: true, detail: 'Node 22.1.0', fix: null };
const mounted = { equipmentId: 'SCOPE', name: 'share_mounted', ok: true, detail: '/nas is a folder', fix: 'mount it' };
const away = { equipmentId: 'SCOPE', name: 'reachable', ok: false, detail: 'no\nanswer', fix: 'switch\x1b it on' };

test('checks are grouped by equipment, in columns', () => {
  expect(doctorReport({ ok: true, checks: [node, { ...mounted, fix: null }] })).toEqual([
    'this machine',
    '  ✔ node_version   Node 22.1.0',
    'SCOPE',
    '  ✔ share_mounted  /nas is a folder',
    '',
    '✔ 2 checks, all are well',
  ]);
});

test('a fix stands below its failure, and both are safe to print', () => {
  expect(doctorReport({ ok: false, checks: [away] })).toEqual([
    'SCOPE',
    '  ✖ reachable  no\\nanswer',
    '      → switch\\x1b it on',
    '',
    '✖ 1 check, 1 failed: SCOPE reachable',
  ]);
});

test('advice is told apart from failures', () => {
  const [, line, advice] = doctorReport({ ok: true, checks: [mounted] });
  expect([line, advice]).toEqual(['  ! share_mounted  /nas is a folder', '      → mount it']);
});

test('only the sign has the colour of the check', () => {
  const [, line] = doctorReport({ ok: true, checks: [node] }, (colour, text) => `<${colour}>${text}</>`);
  expect(line).toBe('  <green>✔</> node_version  Node 22.1.0');
});

test('a check under way is one line that fits', () => {
  expect(checkLine(away, 3200, 80)).toBe('… SCOPE: reachable (3s)');
  expect(checkLine(node, 0, 12)).toBe('… this mach…');
});
