import { NasSyncClient, type Config, type Logger, type NasSyncClientOptions } from '../index.js';
import { showProgress } from './progress/live-progress.js';
import type { Session } from './session.js';
import { databaseOf, readConfig } from './settings.js';

/** A person or the system asked us to stop. */
export class Interrupted extends Error {}

type Drive = NonNullable<NasSyncClientOptions['drive']> | Pick<NasSyncClientOptions, 'drive' | 'letGo'>;
type Work<T> = (client: NasSyncClient, config: Config) => Promise<T>;

/** Opens a client for the work and closes it in order, whatever comes; jobs' progress is shown meanwhile. */
export async function withClient<T>(
  session: Session,
  drives: Drive,
  work: Work<T>,
  { draws = true }: { draws?: boolean } = {},
): Promise<T> {
  const { options, signal } = session;
  const config = await readConfig(options);
  const how = typeof drives === 'string' ? { drive: drives } : drives;
  const client = new NasSyncClient({ config, ...databaseOf(options), ...how, logger: loggerFor(session) });
  const shows = draws && !session.quiet;
  const hide = shows ? showProgress(client.live, session.screen, { moves: how.drive !== 'none' }) : () => undefined;
  try {
    return await unlessAborted(signal, async () => {
      await client.init();
      return work(client, config);
    });
  } finally {
    hide();
    await client.close({ deadline: 0 });
  }
}

/** Not all work takes a signal; what cannot be ended is not waited for. */
async function unlessAborted<T>(signal: AbortSignal, act: () => Promise<T>): Promise<T> {
  signal.throwIfAborted();
  let stop = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason as Error);
    signal.addEventListener('abort', stop);
  });
  try {
    return await Promise.race([act(), aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/** The engine's troubles that are no job's, for whoever watches. */
function loggerFor(session: Session): Logger {
  const nothing = (): void => undefined;
  return {
    debug: nothing,
    info: nothing,
    warn: (fields, message) => session.hint(`warning: ${message}${about(fields)}`),
    error: (fields, message) => session.complain(`${message}${about(fields)}`),
  };
}

function about(fields: object): string {
  const { runPath, error } = fields as { runPath?: unknown; error?: unknown };
  const reason = error instanceof Error ? error.message : error;
  const parts = [runPath, reason].filter((part) => typeof part === 'string');
  return parts.length === 0 ? '' : ` (${parts.join(': ')})`;
}
