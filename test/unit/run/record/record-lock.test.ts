import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { readRecord, updateRecord } from '#dist/run/record/record.js';
import { built, inChild, runWithRecord } from '../support.js';

const synced = () => [{ path: ['sync_status'], value: 'synced' }];
const increment = ({ raw }: { raw: unknown }) => [{ path: ['count'], value: (raw as { count: number }).count + 1 }];

const incrementing = (run: string, times: number): string => `
  const { updateRecord } = await import(${built('run/record/record.js')});
  for (let time = 0; time < ${times}; time += 1)
    await updateRecord(${JSON.stringify(run)}, ({ raw }) => [{ path: ['count'], value: raw.count + 1 }]);`;

function leaveLock(record: string, ageSeconds: number): void {
  mkdirSync(`${record}.lock`);
  const then = Date.now() / 1000 - ageSeconds;
  utimesSync(`${record}.lock`, then, then);
}

describe('the lock of the record', () => {
  test('loses none of 5 processes × 20 increments', async () => {
    const { run } = runWithRecord('{\n  "kept": 1.0,\n  "count": 0\n}\n');
    await Promise.all(Array.from({ length: 5 }, () => inChild(incrementing(run, 20))));
    expect((await readRecord(run)).text).toBe('{\n  "kept": 1.0,\n  "count": 100\n}\n');
    expect(readdirSync(join(run, '.exlab-wizard'))).toEqual(['creation.json']);
  }, 60_000);

  test('loses none of many increments within one process', async () => {
    const { run } = runWithRecord('{"count": 0}');
    await Promise.all(Array.from({ length: 30 }, () => updateRecord(run, increment)));
    expect((await readRecord(run)).raw).toEqual({ count: 30 });
  }, 30_000);

  test('is held while the record is changed', async () => {
    const { run, record } = runWithRecord('{}');
    let held = false;
    await updateRecord(run, () => {
      held = existsSync(`${record}.lock`);
      return synced();
    });
    expect(held).toBe(true);
    expect(existsSync(`${record}.lock`)).toBe(false);
  });

  test('of another process makes a caller wait, then give up with record_busy', async () => {
    const { run, record } = runWithRecord('{}');
    leaveLock(record, 0);
    const started = performance.now();
    await expect(updateRecord(run, synced, { lockWaitMs: 300 })).rejects.toMatchObject({
      code: 'record_busy',
      retryable: true,
    });
    expect(performance.now() - started).toBeGreaterThan(290);
    expect((await readRecord(run)).text).toBe('{}');
  });

  test('that a process left long ago is taken over at once', async () => {
    const { run, record } = runWithRecord('{}');
    leaveLock(record, 60);
    await updateRecord(run, synced, { lockWaitMs: 0 });
    expect((await readRecord(run)).syncStatus).toBe('synced');
  });

  test.each([
    ['an hour', 3600],
    ['years', 400_000_000],
  ])(
    'that lies %s in the future, because the clock was ahead, is taken over as any other',
    async (_, seconds) => {
      const { run, record } = runWithRecord('{}');
      leaveLock(record, -seconds);
      await updateRecord(run, synced);
      expect((await readRecord(run)).syncStatus).toBe('synced');
    },
    20_000,
  );

  test('that lies in the future is respected while its owner renews it', async () => {
    const { run, record } = runWithRecord('{}');
    leaveLock(record, -3600);
    let beats = 0;
    const beat = setInterval(() => {
      const then = Date.now() / 1000 + 3600 + (beats += 1);
      utimesSync(`${record}.lock`, then, then);
    }, 1000);
    onTestFinished(() => clearInterval(beat));
    await expect(updateRecord(run, synced)).rejects.toMatchObject({ code: 'record_busy' });
  }, 20_000);

  test('of a process that was killed while it held it holds up one call for some seconds only', async () => {
    const { run, record } = runWithRecord('{}');
    const holder = spawn(process.execPath, [
      '--input-type=module',
      '--eval',
      `const { updateRecord } = await import(${built('run/record/record.js')});
       const { existsSync } = await import('node:fs');
       await updateRecord(${JSON.stringify(run)}, () => {
         if (existsSync(${JSON.stringify(`${record}.lock`)})) process.kill(process.pid, 'SIGKILL');
         return [{ path: ['sync_status'], value: 'synced' }];
       });`,
    ]);
    onTestFinished(() => void holder.kill('SIGKILL'));
    await new Promise((ended) => holder.on('exit', ended));
    expect(existsSync(`${record}.lock`)).toBe(true);
    await updateRecord(run, synced);
    expect((await readRecord(run)).syncStatus).toBe('synced');
  }, 20_000);

  test('that is no lock of ours is named, and left', async () => {
    const { run, record } = runWithRecord('{}');
    writeFileSync(`${record}.lock`, '');
    utimesSync(`${record}.lock`, 1, 1);
    await expect(updateRecord(run, synced)).rejects.toMatchObject({
      code: 'record_busy',
      message: expect.stringContaining('creation.json.lock is not a lock of ours') as string,
    });
    expect(existsSync(`${record}.lock`)).toBe(true);
  });

  test('that was taken away from its holder neither loses an update nor brings the host down', async () => {
    const { run, record } = runWithRecord('{"count": 0}');
    let taken = false;
    await updateRecord(run, (current) => {
      if (taken || !existsSync(`${record}.lock`)) return increment(current);
      taken = true;
      utimesSync(`${record}.lock`, 1, 1);
      writeFileSync(record, '{"count": 7}');
      return increment(current);
    });
    expect((await readRecord(run)).raw).toEqual({ count: 8 });
  });
});
