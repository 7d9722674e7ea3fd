import { defineConfig } from 'vitest/config';

const MINUTE_MS = 60_000;

/** Tests of the tests: a fault is put into a machine or a transport, and one of their tests must fail. */
const MUTANTS = ['test/**/mutants.test.ts'];

/** These start processes, kill them and wait for them. */
const SLOW = ['test/crash/**/*.test.ts', 'test/integration/**/*.test.ts', 'test/contract/transports/**/*.test.ts'];

export default defineConfig({
  test: {
    // Most of the slow ones wait for servers and processes.
    maxWorkers: 4,
    // Each file brings its own lab and ends it; the modules of a worker are loaded once for all of its files.
    isolate: false,
    reporters: ['default', './test/support/summary-reporter.ts'],
    projects: [
      {
        test: {
          name: 'fast',
          include: ['test/**/*.test.ts'],
          exclude: [...SLOW, ...MUTANTS],
          testTimeout: MINUTE_MS / 2,
          hookTimeout: MINUTE_MS / 2,
        },
      },
      {
        test: {
          name: 'slow',
          include: SLOW,
          exclude: MUTANTS,
          globalSetup: './test/support/bundle-children.ts',
          testTimeout: 5 * MINUTE_MS,
          hookTimeout: 5 * MINUTE_MS,
          // Real servers on a busy machine: a test that needed a second try is named at the end, and is to be mended.
          retry: process.env['CI'] === undefined ? 0 : 1,
        },
      },
      { test: { name: 'mutants', include: MUTANTS, testTimeout: 5 * MINUTE_MS } },
    ],
  },
});
