import { printable, type JobView, type JournalView } from '../../index.js';
import { localTime } from '../text/format.js';
import { plain, type Paint } from '../text/style.js';
import { table, type Column } from '../text/table.js';

const COLUMNS: readonly Column[] = [
  { title: 'WHEN' },
  { title: 'EVENT' },
  { title: 'FROM' },
  { title: 'TO' },
  { title: 'DETAIL' },
];

/** Said by the other columns already, or of no use to a person. */
const LEFT_OUT: ReadonlySet<string> = new Set(['type', 'at', 'delaysMs']);

export function journalTable(
  job: JobView,
  journal: readonly JournalView[],
  nowMs: number,
  paint: Paint = plain,
): string[] {
  const rows = journal.map((entry) => ({
    cells: [localTime(Date.parse(entry.at), nowMs), entry.event, entry.from, entry.to, detailOf(entry.detail)],
  }));
  const head = `${printable(job.runPath)}  ${job.state}  (${job.equipmentId}, job ${job.jobId})`;
  return [paint('bold', head), '', ...table(COLUMNS, rows, paint)];
}

/** `by=anna reason=…`, in one line. */
export function detailOf(detail: Readonly<Record<string, unknown>>): string {
  const parts = Object.entries(detail)
    .filter(([key, value]) => !LEFT_OUT.has(key) && !isEmpty(value))
    .map(([key, value]) => `${key}=${inWords(key, value)}`);
  return printable(parts.join('  '));
}

const isEmpty = (value: unknown): boolean => value === null || (Array.isArray(value) && value.length === 0);

function inWords(key: string, value: unknown): string {
  if (key === 'until' && typeof value === 'number') return new Date(value).toISOString();
  if (key === 'interlocks' && Array.isArray(value)) return `all ${value.length} hold`;
  if (Array.isArray(value)) return value.map((item) => inWords('', item)).join('; ');
  if (typeof value !== 'object' || value === null) return String(value);
  return said(value as Record<string, unknown>) ?? JSON.stringify(value);
}

/** An error, a wait or a proof, as short as a line can take. */
function said(value: Record<string, unknown>): string | null {
  const { kind, message, name, measured, evidence, files, bytes, path, reason, at } = value;
  if (typeof kind === 'string' && typeof message === 'string') return `${kind}: ${message}`;
  if (typeof name === 'string' && typeof measured === 'string') return `${name} (${measured})`;
  if (typeof path === 'string' && typeof reason === 'string') return `${path}: ${reason}`;
  if (typeof evidence === 'string' && typeof at === 'number') return `${evidence} at ${new Date(at).toISOString()}`;
  if (typeof evidence === 'string') return `${evidence}, ${String(files)} files, ${String(bytes)} bytes`;
  return null;
}
