import { expect, test } from 'vitest';
import { Gathered } from '#dist/gate/rules/finding-collector.js';
import { RULES } from '#dist/gate/rules/rules.js';

test('findings about two names that are shown alike come in one order', () => {
  const refusals = ['a pipe', 'no UTF-8'].map(
    (message) => ({ path: 'b\\xff', reason: 'special_file', message }) as const,
  );
  const orders = [refusals, refusals.toReversed()].map((order) => {
    const gathered = new Gathered(RULES);
    for (const refusal of order) gathered.inside('refusal', refusal);
    return gathered.findings();
  });
  expect(orders[0]).toEqual(orders[1]);
});
