import { createHash } from 'node:crypto';

/** What JSON can hold. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** The one text of a value (RFC 8785): keys sorted by UTF-16 code units, no white space, all else as `JSON.stringify`. */
export function canonicalForm(value: Json): string {
  if (isList(value)) return `[${value.map(canonicalForm).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([key, held]) => `${JSON.stringify(key)}:${canonicalForm(held)}`).join(',')}}`;
}

export const canonicalSha256 = (value: Json): string => createHash('sha256').update(canonicalForm(value)).digest('hex');

/** `Array.isArray` does not know read-only lists. */
const isList = (value: Json): value is readonly Json[] => Array.isArray(value);
