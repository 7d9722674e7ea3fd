const DATE = String.raw`\d{4}-\d{2}-\d{2}`;
const TIME = String.raw`(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d+)?)?`;
const ZONE = String.raw`Z|[+-](?:[01]\d|2[0-3]):?[0-5]\d`;
const ISO_8601 = new RegExp(`^(?<date>${DATE})(?:[T ](?<time>${TIME})(?<zone>${ZONE})?)?$`, 'u');

/**
 * An ISO 8601 time in ms since the epoch; without a zone it is UTC, a day alone its first moment. `null` for anything
 * else, and for days that the calendar has not: `Date.parse` would guess.
 */
export function instantOf(text: string): number | null {
  const { date, time = '00:00', zone = 'Z' } = ISO_8601.exec(text)?.groups ?? {};
  if (date === undefined || !isInCalendar(date)) return null;
  return Date.parse(`${date}T${time}${zone.replace(/(\d{2}):?(\d{2})$/u, '$1:$2')}`);
}

function isInCalendar(date: string): boolean {
  const day = new Date(`${date}T00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(date);
}
