import { afterEach, describe, expect, it, vi } from 'vitest';
import { defaultConfigFile, defaultDatabaseFile } from '#dist/config/load.js';

afterEach(() => {
  vi.unstubAllEnvs();
});

describe.runIf(process.platform === 'linux')('without options, on Linux,', () => {
  it('the config is in the config folder', () => {
    vi.stubEnv('XDG_CONFIG_HOME', '/home/lab/conf');
    expect(defaultConfigFile()).toBe('/home/lab/conf/nas-sync/config.yaml');
  });

  it('the queue is in the state folder', () => {
    vi.stubEnv('XDG_STATE_HOME', '/home/lab/state');
    expect(defaultDatabaseFile()).toBe('/home/lab/state/nas-sync/sync_queue.db');
  });

  it('the folders have defaults', () => {
    vi.stubEnv('XDG_CONFIG_HOME', '');
    vi.stubEnv('XDG_STATE_HOME', '');
    expect(defaultConfigFile()).toMatch(/\/\.config\/nas-sync\/config\.yaml$/);
    expect(defaultDatabaseFile()).toMatch(/\/\.local\/state\/nas-sync\/sync_queue\.db$/);
  });
});

it('both files have paths on every platform', () => {
  expect(defaultConfigFile()).toMatch(/config\.yaml$/);
  expect(defaultDatabaseFile()).toMatch(/sync_queue\.db$/);
});
