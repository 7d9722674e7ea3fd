import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { updateRecord } from '#dist/run/record/record.js';
import { built, runWithRecord } from '../support.js';

const OLD = '{\n  "kept": 1.0,\n  "sync_status": "pending"\n}\n';
const NEW = OLD.replace('"pending"', '"synced"');

const CALLS = 'lstat stat open readdir rename unlink chown chmod mkdir rmdir utimes readFile writeFile'.split(' ');
const HANDLE_CALLS = 'writeFile readFile chmod sync close stat write'.split(' ');

/**
 * Updates the record, and is killed where it would make its `fatal`-th call to the file system; a write that is killed
 * has written half by then. Prints how many calls there were if it survives.
 */
const victim = (run: string, fatal: number): string => `
  import fs from 'node:fs';
  import fsp from 'node:fs/promises';
  import { syncBuiltinESMExports } from 'node:module';
  let calls = 0;
  const fateful = (holder, name) => {
    const real = holder[name];
    holder[name] = function (...args) {
      calls += 1;
      if (calls === ${fatal}) {
        if (name === 'writeFile' && holder !== fs && typeof this?.fd === 'number')
          fs.writeSync(this.fd, args[0].slice(0, args[0].length / 2));
        process.kill(process.pid, 'SIGKILL');
      }
      return real.apply(this, args);
    };
  };
  const handle = await fsp.open(process.execPath);
  const handles = Object.getPrototypeOf(handle);
  await handle.close();
  for (const name of ${JSON.stringify(HANDLE_CALLS)}) if (handles[name] !== undefined) fateful(handles, name);
  for (const name of ${JSON.stringify(CALLS)}) { fateful(fsp, name); fateful(fs, name); }
  syncBuiltinESMExports();
  const { updateRecord } = await import(${built('run/record/record.js')});
  await updateRecord(${JSON.stringify(run)}, () => [{ path: ['sync_status'], value: 'synced' }]);
  console.log(calls);`;

function strike(run: string, fatal: number): { survived: boolean; calls: number } {
  const { signal, stdout } = spawnSync(process.execPath, ['--input-type=module', '--eval', victim(run, fatal)], {
    encoding: 'utf8',
  });
  return { survived: signal === null, calls: Number(stdout) };
}

describe('an update that is killed at any of its calls to the file system', () => {
  test('leaves the old record or the new one, whole, and the next update goes through', async () => {
    const { calls } = strike(runWithRecord(OLD).run, Infinity);
    expect(calls).toBeGreaterThan(10);
    const seen = new Set<string>();
    for (let fatal = 1; fatal <= calls; fatal += 1) {
      const { run, record } = runWithRecord(OLD);
      expect(strike(run, fatal).survived, `call ${fatal}`).toBe(false);
      const left = readFileSync(record, 'utf8');
      expect([OLD, NEW], `call ${fatal}`).toContain(left);
      seen.add(left);
      // What it would else wait some seconds for is shown elsewhere.
      if (existsSync(`${record}.lock`)) utimesSync(`${record}.lock`, 1, 1);
      await updateRecord(run, () => [{ path: ['sync_status'], value: 'synced' }]);
      expect(readFileSync(record, 'utf8'), `call ${fatal}`).toBe(NEW);
      if (left === OLD) expect(readdirSync(join(run, '.exlab-wizard')), `call ${fatal}`).toEqual(['creation.json']);
    }
    expect([...seen].sort()).toEqual([OLD, NEW].sort());
  }, 120_000);
});
