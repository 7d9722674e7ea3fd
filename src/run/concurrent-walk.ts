/**
 * Works through a growing to-do list, `limit` items at a time, newest first (which keeps the list short on deep trees).
 * Iterative, so that no depth overflows the stack. Rejects with the first failure, or the signal's reason, and only
 * when no call of `visit` is running any more.
 */
export function drain<T>(
  first: readonly T[],
  visit: (item: T) => Promise<readonly T[]>,
  { limit, signal }: { limit: number; signal?: AbortSignal | undefined },
): Promise<void> {
  return new Promise((resolve, reject) => {
    const waiting = [...first];
    let running = 0;
    let failure: { reason: Error } | undefined;

    const start = async (item: T): Promise<void> => {
      running += 1;
      try {
        for (const next of await visit(item)) waiting.push(next);
      } catch (reason) {
        failure ??= { reason: reason as Error };
      }
      running -= 1;
      pump();
    };
    const pump = (): void => {
      if (signal?.aborted === true) failure ??= { reason: signal.reason as Error };
      while (failure === undefined && running < limit && waiting.length > 0) void start(waiting.pop() as T);
      if (running > 0) return;
      if (failure === undefined) resolve();
      else reject(failure.reason);
    };

    pump();
  });
}
