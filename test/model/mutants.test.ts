import { expect, test } from 'vitest';
import { jobMachine } from '#dist/machines/job-machine.js';
import { MUTANTS } from './mutants.js';
import { behaviourComplaints, complaints, type JobMachine } from './table-check.js';

type Check = (machine: JobMachine) => Generator<string, void>;

function complainsAbout(machine: JobMachine, check: Check): boolean {
  try {
    return check(machine).next().done !== true;
  } catch {
    return true;
  }
}

/** How many wrong machines the check noticed, and which it did not. */
function trial(kind: keyof typeof MUTANTS, check: Check) {
  let killed = 0;
  const survivors: string[] = [];
  for (const { name, machine } of MUTANTS[kind]()) {
    if (complainsAbout(machine, check)) killed += 1;
    else survivors.push(name);
  }
  return { killed, survivors };
}

test('the table check has no complaint about the machine as it is', () => {
  expect([...complaints(jobMachine)]).toEqual([]);
});

test.each([
  ['arrows altered', 1200],
  ['arrows added', 1200],
  ['conditions wrong', 20],
  ['actions wrong', 250],
  ['states wrong', 70],
  ['new jobs wrong', 12],
] as const)('%s: the table check notices each of them, more than %i', (kind, atLeast) => {
  const { killed, survivors } = trial(kind, complaints);
  expect(survivors).toEqual([]);
  expect(killed).toBeGreaterThanOrEqual(atLeast);
});

test('a wrong arrow is noticed by what the machine does alone, whatever it declares', () => {
  const { killed, survivors } = trial('arrows altered', behaviourComplaints);
  expect(killed).toBeGreaterThanOrEqual(1200);
  // No fault in what is done: the arrows before this one take every event for which its condition does not hold.
  expect(survivors).toEqual([
    'running on push.failed [transient, no delay left]: no condition',
    'running on interrupted [at the limit]: no condition',
    'awaiting_verify.verifying on verify.failed [transient, no delay left]: no condition',
    'awaiting_verify.verifying on interrupted [at the limit]: no condition',
  ]);
});
