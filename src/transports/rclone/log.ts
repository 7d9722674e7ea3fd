/** How far a copy is, as rclone counts it. */
export interface Stats {
  readonly bytes: number;
  readonly transfers: number;
  readonly checks: number;
  readonly current: string | null;
}

/** One line of what rclone says on stderr. `object` is the file that it is about, in rclone's own spelling. */
export interface LogLine {
  readonly level: string;
  readonly message: string;
  readonly object: string;
  readonly stats: Stats | null;
}

/** Errors that end rclone before its log is set up come as plain text, whatever `--use-json-log` says. */
const TIMESTAMP = /^\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d (?:(?<level>[A-Z]+) *: )?/u;

const FAILING: ReadonlySet<string> = new Set(['error', 'critical', 'alert', 'emergency', 'fatal', 'panic']);

export const isFailing = ({ level }: LogLine): boolean => FAILING.has(level);

export function readLogLine(line: string): LogLine {
  const record = line.startsWith('{') ? parsed(line) : null;
  if (record === null) return plain(line);
  const { level, msg, object, stats } = record;
  return {
    level: typeof level === 'string' ? level : 'info',
    message: typeof msg === 'string' ? msg.trim() : '',
    object: typeof object === 'string' ? object : '',
    stats: isRecord(stats) ? readStats(stats) : null,
  };
}

function plain(line: string): LogLine {
  const level = TIMESTAMP.exec(line)?.groups?.['level']?.toLowerCase();
  return { level: level ?? 'error', message: line.replace(TIMESTAMP, ''), object: '', stats: null };
}

function readStats(stats: Record<string, unknown>): Stats {
  const transferring: unknown = Array.isArray(stats['transferring']) ? stats['transferring'][0] : null;
  const name = isRecord(transferring) ? transferring['name'] : null;
  return {
    bytes: numberOr0(stats['bytes']),
    transfers: numberOr0(stats['transfers']),
    checks: numberOr0(stats['checks']),
    current: typeof name === 'string' ? name : null,
  };
}

const numberOr0 = (value: unknown): number => (typeof value === 'number' ? value : 0);

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

function parsed(line: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(line);
    return isRecord(value) ? value : null;
  } catch {
    return null;
  }
}
