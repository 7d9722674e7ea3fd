export type JsonPath = readonly (string | number)[];

/**
 * `target` with `value` at `path`, as a new value; parents that are missing are made. `undefined` removes a key.
 * Throws an `Error` when a step of the path meets something that cannot have it.
 */
export function valueWith(target: unknown, path: JsonPath, value: unknown): unknown {
  const [step, ...deeper] = path;
  if (step === undefined) return value;
  if (target === undefined && value === undefined) return undefined;
  if (typeof step === 'number') return elementWith(target === undefined ? [] : target, step, deeper, value);
  return memberWith(target === undefined ? {} : target, step, deeper, value);
}

function elementWith(target: unknown, step: number, deeper: JsonPath, value: unknown): unknown {
  if (!Array.isArray(target)) throw new Error(`element ${step} was to be set in ${kindOf(target)}`);
  if (value === undefined && deeper.length === 0) throw new Error('elements of a list are never removed');
  const at = step < 0 || step > target.length ? target.length : step;
  const element = valueWith(target[at], deeper, value);
  return element === undefined ? target : target.toSpliced(at, 1, element);
}

function memberWith(target: unknown, key: string, deeper: JsonPath, value: unknown): unknown {
  if (!isObject(target)) throw new Error(`"${key}" was to be set in ${kindOf(target)}`);
  const member = valueWith(Object.hasOwn(target, key) ? target[key] : undefined, deeper, value);
  if (member !== undefined) return { ...target, [key]: member };
  return Object.fromEntries(Object.entries(target).filter(([other]) => other !== key));
}

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
