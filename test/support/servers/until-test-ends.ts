import { onTestFinished } from 'vitest';

/** Stops what was started once the test is over. */
export async function untilTestEnds<T extends { stop(): Promise<void> }>(starting: Promise<T>): Promise<T> {
  const server = await starting;
  onTestFinished(() => server.stop());
  return server;
}
