import type { Names } from './key-case.js';
import { pathKey, type KeyPath, type Problem } from './problems.js';
import { configSchema, type Config } from './schema.js';
import { inWords, keysOf, toProblems } from './zod-messages.js';

/** Either a configuration, or everything that is wrong with it. */
export type Checked = { readonly config: Config } | { readonly problems: readonly Problem[] };

function idsOf(value: unknown): unknown[] {
  const list = (value as { equipment?: unknown } | null)?.equipment;
  return Array.isArray(list) ? list.map((item: { id?: unknown } | null) => item?.id) : [];
}

/** Looked for in the raw value: the schema would only get to it once nothing else is wrong. */
function duplicateIds(value: unknown): Problem[] {
  const ids = idsOf(value);
  return ids.flatMap((id, index) => {
    const first = ids.indexOf(id);
    if (id === undefined || first === index) return [];
    return [{ path: ['equipment', index, 'id'], message: `is already the id of equipment[${first}]` }];
  });
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    Object.values(value).forEach(deepFreeze);
    Object.freeze(value);
  }
  return value;
}

/** Holds a plain value, keyed as the schema is, against the schema. The result shares nothing with the value. */
export function checkConfig(value: unknown, names: Names): Checked {
  const known = new Map<string, string[]>();
  const parsed = configSchema.safeParse(value, {
    error: (issue) => {
      if (issue.code === 'unrecognized_keys') known.set(pathKey((issue.path ?? []) as KeyPath), keysOf(issue));
      return inWords(issue);
    },
  });
  const duplicates = duplicateIds(value);
  if (parsed.success && duplicates.length === 0) return { config: deepFreeze(parsed.data) };
  return { problems: [...duplicates, ...toProblems(parsed.error?.issues ?? [], known, names)] };
}
