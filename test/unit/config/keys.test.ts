import { expect, it } from 'vitest';
import { z } from 'zod';
import { configSchema } from '#dist/config/schema.js';
import { configTemplate } from '#dist/config/template.js';

/** The keys of every map in a JSON schema. */
function keysIn(schema: unknown): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const { properties = {} } = schema as { properties?: object };
  return [
    ...Object.keys(properties),
    ...Object.values(schema).flatMap(keysIn),
    ...Object.values(properties).flatMap(keysIn),
  ];
}

const snake = (key: string): string => key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
const keys = [...new Set(keysIn(z.toJSONSchema(configSchema, { io: 'input', unrepresentable: 'any' })))];

it('finds the keys of the schema', () => {
  expect(keys).toEqual(expect.arrayContaining(['equipment', 'sshKeyPath', 'delays', 'from', 'contentScanMaxMib']));
});

it.each(keys)('the template explains %s', (key) => {
  expect(configTemplate()).toMatch(new RegExp(`\\b${snake(key)}:\\s`));
});
