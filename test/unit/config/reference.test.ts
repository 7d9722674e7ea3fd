import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { configSchema } from '#dist/config/schema.js';

interface Schema {
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly oneOf?: readonly Schema[];
  readonly required?: readonly string[];
}

interface Key {
  readonly path: string;
  /** `undefined`: it must be given. */
  readonly byDefault: unknown;
}

/** Keys that hold no other keys, by their paths in a file. */
function keysOf(schema: Schema, path = ''): Key[] {
  const inside = [
    ...Object.entries(schema.properties ?? {}).flatMap(([key, value]) =>
      keysOf(value, path === '' ? snake(key) : `${path}.${snake(key)}`),
    ),
    ...(schema.oneOf ?? []).flatMap((each) => keysOf(each, path)),
    ...(schema.items === undefined ? [] : keysOf(schema.items, `${path}[]`).filter((key) => key.path !== `${path}[]`)),
  ];
  const isLeaf = schema.properties === undefined && schema.oneOf === undefined && path !== 'equipment';
  return isLeaf ? [{ path, byDefault: schema.default }, ...inside] : inside;
}

const snake = (key: string): string => key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

const reference = readFileSync(new URL('../../../docs/configuration.md', import.meta.url), 'utf8');
const rows = new Map(
  [...reference.matchAll(/^\| `(?<path>[a-z][^`]*)` +\| (?<value>.*?) +\| /gmu)].map((row) => [
    row.groups!['path']!,
    row.groups!['value']!,
  ]),
);
const keys = new Map(
  keysOf(z.toJSONSchema(configSchema, { io: 'input', unrepresentable: 'any' }) as Schema).map((key) => [key.path, key]),
);
/** Lists that the page shows in another form than a cell. */
const ELSEWHERE = new Set(['equipment[].volatile', 'validator.content_scan_extensions']);
/** What JSON schema does not say of a value that is transformed. */
const UNSAID = new Set(['equipment[].transport.rclone_config', 'equipment[].transport.known_hosts', 'retry.delays']);

it('the configuration reference names every key, and no other', () => {
  expect([...rows.keys()].sort()).toEqual([...keys.keys()].sort());
});

it.each([...keys.values()].filter(({ path }) => !ELSEWHERE.has(path) && !UNSAID.has(path)))(
  'the configuration reference gives the default of $path',
  ({ path, byDefault }) => {
    const value = rows.get(path);
    if (byDefault === undefined) expect(value).toMatch(/^(?:required|the id)$/u);
    else expect(value).toBe(typeof byDefault === 'string' ? `\`${byDefault}\`` : `\`${JSON.stringify(byDefault)}\``);
  },
);
