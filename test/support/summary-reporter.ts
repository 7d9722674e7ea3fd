import type { Reporter, TestModule } from 'vitest/node';

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

/** What broke outside of any test: a file that does not load, or a hook of a suite. */
function brokenSuites(module: TestModule): number {
  const suites = [...module.children.allSuites()].filter((suite) => suite.errors().length > 0);
  return suites.length + (module.errors().length > 0 ? 1 : 0);
}

function count(modules: readonly TestModule[], errorsOutside: number): Counts {
  const counts: Counts = { passed: 0, failed: errorsOutside, skipped: 0 };
  for (const module of modules) {
    counts.failed += brokenSuites(module);
    for (const test of module.children.allTests()) {
      const { state } = test.result();
      // A test that is still pending when the run ends was cut off.
      counts[state === 'pending' ? 'failed' : state] += 1;
    }
  }
  return counts;
}

/** The tests that passed at a second try only. */
function unsteady(modules: readonly TestModule[]): string[] {
  return modules.flatMap((module) =>
    [...module.children.allTests()]
      .filter((test) => test.diagnostic()?.flaky)
      .map((test) => `needed a second try: ${module.relativeModuleId} > ${test.fullName}`),
  );
}

/** Ends the output with `N passed, N failed, N skipped`, so that a script needs to read one line only. */
export default class SummaryReporter implements Reporter {
  #lines: string[] = [];

  constructor() {
    // Other reporters still write after the end of the run: only what is written on exit is sure to be last.
    process.once('exit', () => {
      for (const line of this.#lines) process.stdout.write(`${line}\n`);
    });
  }

  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const { passed, failed, skipped } = count(modules, errors.length);
    this.#lines = [...unsteady(modules), `${passed} passed, ${failed} failed, ${skipped} skipped`];
  }
}
