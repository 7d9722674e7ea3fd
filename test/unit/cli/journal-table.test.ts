import { describe, expect, test } from 'vitest';
import { detailOf, journalTable } from '#dist/cli/views/journal-table.js';
import { NOW, verified } from './jobs.js';

test('the journal is a table below the name of its run', () => {
  const entry = { seq: 1, at: '2026-11-22T11:00:00.000Z', event: 'claimed', from: 'queued', to: 'running', detail: {} };
  const [head, , , row] = journalTable(verified, [entry], NOW);
  expect(head).toBe('/data/lab/Run_1  verified  (SCOPE, job j1)');
  expect(row).toMatch(/\d\d:00:00 {2}claimed {2}queued {2}running$/);
});

describe('a detail is shown as', () => {
  test.each([
    ['who and why', { by: 'anna', reason: 'cable is back' }, 'by=anna  reason=cable is back'],
    ['an error', { error: { kind: 'auth', message: 'no' } }, 'error=auth: no'],
    ['a wait', { waitingFor: [{ name: 'lane', measured: 'down', ok: false }] }, 'waitingFor=lane (down)'],
    ['a time', { until: NOW }, 'until=2026-11-22T12:00:00.000Z'],
    ['a proof', { proof: { evidence: 'read-back', files: 2, bytes: 3 } }, 'proof=read-back, 2 files, 3 bytes'],
    ['anything else', { other: { a: 1 } }, 'other={"a":1}'],
  ])('%s', (_, detail, words) => {
    expect(detailOf(detail)).toBe(words);
  });

  test('nothing where it says nothing', () => {
    expect(detailOf({ type: 'claimed', at: NOW, until: null, waitingFor: [], delaysMs: [1] })).toBe('');
  });

  test('one line that is safe to print', () => expect(detailOf({ reason: 'a\n\x1b[2J' })).toBe('reason=a\\n\\x1b[2J'));
});
