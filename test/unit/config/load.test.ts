import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfig, parseConfig } from '#dist/config/load.js';
import { MINIMAL, parse } from './yaml.js';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nas-sync-config-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('a configuration file', () => {
  it('is loaded', async () => {
    const file = join(folder, 'config.yaml');
    await writeFile(file, MINIMAL);
    expect((await loadConfig(file)).equipment[0]?.id).toBe('CONFOCAL_01');
  });

  it('that is missing is named, with the way to get one', async () => {
    const file = join(folder, 'none.yaml');
    await expect(loadConfig(file)).rejects.toMatchObject({
      code: 'config_invalid',
      message: `${file}: no such file; \`nas-sync init\` makes one`,
    });
  });

  it('that cannot be read is named, with the reason', async () => {
    await expect(loadConfig(folder)).rejects.toMatchObject({
      code: 'config_invalid',
      message: `${folder}: cannot be read (EISDIR)`,
    });
  });

  it('that is not UTF-8 is refused', async () => {
    const file = join(folder, 'latin1.yaml');
    await writeFile(file, Buffer.from('# Ger\xe4t\n', 'latin1'));
    await expect(loadConfig(file)).rejects.toMatchObject({ message: `${file}: is not UTF-8 text` });
  });
});

describe('a path in a file', () => {
  const database = (path: string): string | null => parse(`${MINIMAL}database: "${path}"`).database;

  it('starts at the folder of the file', () => {
    expect(database('queue.db')).toBe('/etc/lab/queue.db');
    expect(parse(MINIMAL.replace('/mnt/nas', '../nas')).equipment[0]?.transport).toMatchObject({ path: '/etc/nas' });
  });

  it('starts at the current folder where the file is named without one', () => {
    expect(parseConfig(`${MINIMAL}database: queue.db`, 'config.yaml').database).toBe(join(process.cwd(), 'queue.db'));
  });

  it('may start at the home folder', () => {
    expect(database('~/queue.db')).toBe(join(homedir(), 'queue.db'));
    expect(parse(MINIMAL.replace('/data/lab', '"~"')).equipment[0]?.localRoot).toBe(homedir());
  });

  it('loses its final slash', () => {
    expect(parse(MINIMAL.replace('/data/lab', '/data/lab/')).equipment[0]?.localRoot).toBe('/data/lab');
  });

  it('may be a URL or a database in memory, where it names a database', () => {
    expect(database('postgres://db01/queue')).toBe('postgres://db01/queue');
    expect(database(':memory:')).toBe(':memory:');
  });

  it('on the NAS stays as it is', () => {
    const rclone = MINIMAL.replace('type: mount', 'type: rclone, rclone_remote: n, rclone_remote_path: a/../b')
      .replace('transport:\n      ', 'transport: { ')
      .replace(/\n +path: \/mnt\/nas/, ' }');
    expect(parse(rclone).equipment[0]?.transport).toMatchObject({ rcloneRemotePath: 'a/../b' });
  });
});
