import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));

/** A host application with the packed package in it: what is published is what is checked. */
let host: string;
beforeAll(async () => {
  host = await mkdtemp(join(tmpdir(), 'nas-sync-host-'));
  await execa('npm', ['pack', '--ignore-scripts', '--pack-destination', host], { cwd: PROJECT });
  const { version } = JSON.parse(await readFile(join(PROJECT, 'package.json'), 'utf8')) as { version: string };
  await mkdir(join(host, 'node_modules', 'nas-sync'), { recursive: true });
  const into = join(host, 'node_modules', 'nas-sync');
  await execa('tar', ['-xzf', join(host, `nas-sync-${version}.tgz`), '--strip-components=1', '-C', into]);
  await symlink(join(PROJECT, 'node_modules'), join(into, 'node_modules'));
});
afterAll(() => rm(host, { recursive: true, force: true }));

async function inHost(file: string, code: string): Promise<string> {
  await writeFile(join(host, file), code);
  return (await execa(process.execPath, [file], { cwd: host })).stdout;
}

describe('the packed package', () => {
  it('is imported by an ESM host', async () => {
    const code = `import { NasSyncClient } from 'nas-sync'; console.log(typeof NasSyncClient);`;
    expect(await inHost('esm.mjs', code)).toBe('function');
  });

  it('is required by a CommonJS host', async () => {
    const code = `const { NasSyncClient } = require('nas-sync'); console.log(typeof NasSyncClient);`;
    expect(await inHost('common.cjs', code)).toBe('function');
  });

  it('has the statechart and the test kit under their own names', async () => {
    const code = `import { jobMachine } from 'nas-sync/machines'; import { SimulatedClock } from 'nas-sync/testing';
      console.log(jobMachine.id, typeof SimulatedClock);`;
    expect(await inHost('subpaths.mjs', code)).toBe('job function');
  });

  it('hides its insides', async () => {
    const code = `import('nas-sync/dist/client/client.js').then(() => console.log('open'), (e) => console.log(e.code));`;
    expect(await inHost('inside.mjs', code)).toBe('ERR_PACKAGE_PATH_NOT_EXPORTED');
  });

  it('brings its command', async () => {
    const { version } = JSON.parse(await readFile(join(PROJECT, 'package.json'), 'utf8')) as { version: string };
    const { stdout } = await execa(join(host, 'node_modules/nas-sync/dist/command/nas-sync.js'), ['--version']);
    expect(stdout).toBe(version);
  });

  it('syncs a run by its command, which starts worker threads of its own', async () => {
    const at = (...names: string[]) => join(host, 'by-command', ...names);
    await mkdir(at('data/Run_1'), { recursive: true });
    await mkdir(at('nas'));
    await writeFile(at('data/Run_1/a.tif'), 'pixels');
    await writeFile(
      at('config.yaml'),
      `database: ${at('queue.db')}\nequipment:\n  - { id: SCOPE, local_root: ${at('data')}, transport: { type: mount, path: ${at('nas')} } }\n`,
    );
    const nasSync = (...args: string[]) =>
      execa(join(host, 'node_modules/nas-sync/dist/command/nas-sync.js'), ['--config', at('config.yaml'), ...args]);
    await nasSync('adopt', at('data/Run_1'));
    await nasSync('sync', at('data/Run_1'));
    expect(await readFile(at('nas/Run_1/a.tif'), 'utf8')).toBe('pixels');
  });

  it('holds the licences of the packages that its command contains', async () => {
    const folder = join(host, 'node_modules/nas-sync/dist/command');
    const licences = await readFile(join(folder, 'THIRD-PARTY-LICENSES.txt'), 'utf8');
    for (const name of ['commander', 'execa', 'kysely', 'xstate', 'yaml', 'zod']) {
      expect(licences).toMatch(new RegExp(`^${name} \\d`, 'mu'));
    }
  });

  it('syncs a run, worker threads and all', async () => {
    const code = `
      import { mkdirSync, writeFileSync } from 'node:fs';
      import { createRecord, NasSyncClient } from 'nas-sync';
      const at = (...names) => [process.cwd(), ...names].join('/');
      mkdirSync(at('data/SCOPE/Run_1'), { recursive: true });
      mkdirSync(at('nas'));
      writeFileSync(at('data/SCOPE/Run_1/a.tif'), 'pixels');
      await createRecord(at('data/SCOPE/Run_1'));
      const equipment = [{ id: 'SCOPE', localRoot: at('data'), transport: { type: 'mount', path: at('nas') } }];
      const client = new NasSyncClient({ config: { equipment }, database: at('queue.db') });
      await client.init();
      const { jobId } = await client.enqueue(at('data/SCOPE/Run_1'));
      console.log((await client.waitFor(jobId, 'verified')).files);
      await client.close();`;
    expect(await inHost('sync.mjs', code)).toBe('1');
  });
});
