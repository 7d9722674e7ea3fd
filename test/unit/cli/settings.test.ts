import { expect, test } from 'vitest';
import { defaultConfigFile } from 'nas-sync';
import { configFile, databaseOf } from '#dist/cli/settings.js';
import { operatorOf } from '#dist/cli/operator.js';

test.each([
  ['--config before all', { config: 'a.yaml' }, { NAS_SYNC_CONFIG: 'b.yaml' }, 'a.yaml'],
  ['then NAS_SYNC_CONFIG', {}, { NAS_SYNC_CONFIG: 'b.yaml' }, 'b.yaml'],
  ["then the platform's own place", {}, {}, defaultConfigFile()],
  ['an empty NAS_SYNC_CONFIG as none', {}, { NAS_SYNC_CONFIG: '' }, defaultConfigFile()],
])('the configuration is found by %s', (_, options, env, file) => {
  expect(configFile(options, env)).toBe(file);
});

test('the database is left to the configuration unless it is said', () => {
  expect([databaseOf({}), databaseOf({ db: 'q.db' })]).toEqual([{}, { database: 'q.db' }]);
});

test('an empty name is no name', () => {
  expect(() => configFile({ config: '' }, {})).toThrow('--config needs a file');
  expect(() => databaseOf({ db: '' })).toThrow('--db needs a file');
});

test('an operator who is not named is the user who is logged in', () => {
  expect(operatorOf({}).by).toEqual(expect.any(String));
});

test('an operator who is named is that one', () => {
  expect(operatorOf({ operator: 'anna', reason: 'why' })).toEqual({ by: 'anna', reason: 'why' });
});
