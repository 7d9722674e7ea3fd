const UNIT_MS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

const isUnit = (text: string | undefined): text is keyof typeof UNIT_MS => text !== undefined && text in UNIT_MS;

/** Milliseconds of a duration such as `500ms`, `30s`, `2m`, `1.5h` or `1d`; `null` where the text is none. */
export function parseDuration(text: string): number | null {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(text) ?? [];
  if (!isUnit(unit)) return null;
  const durationMs = Math.round(Number(amount) * UNIT_MS[unit]);
  return Number.isSafeInteger(durationMs) ? durationMs : null;
}
