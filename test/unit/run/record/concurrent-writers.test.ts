import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { built, inChild, runWithRecord } from '../support.js';

const PROCESSES = 5;
const CHANGES = 5;

const STRANGE = [
  '{',
  '    "schema_version": "1.7",',
  '    "zeta": {"b" :1.0,  "a":1e3},',
  '    "count": 0,',
  '    "big": 12345678901234567890, "tiny": 1E-7,',
  '    "validation_overrides": [ { "id":"first", "odd": 0.10 } ],',
  '    "alpha": "\\u00e9 \\/ \u00e9"',
  '}',
  '',
].join('\r\n');

interface Besieged {
  readonly count: number;
  readonly by: Readonly<Record<string, number>>;
  readonly validation_overrides: readonly { readonly id: string }[];
}

/** Changes what is there, makes new keys, and appends; in the process itself and in a thread of it, both at once. */
const assault = (run: string, name: string): string => `
  const code = (who) => \`
    const { updateRecord } = await import(${built('run/record/record.js')});
    for (let change = 0; change < ${CHANGES}; change += 1)
      await updateRecord(${JSON.stringify(run)}, ({ raw }) => [
        { path: ['count'], value: raw.count + 1 },
        { path: ['by', '\${who}'], value: change },
        { path: ['validation_overrides', -1], value: { id: '\${who}' + change } },
      ], { lockWaitMs: 60_000 });\`;
  const at = (who) => new URL('data:text/javascript,' + encodeURIComponent(code(who)));
  const { Worker } = await import('node:worker_threads');
  const thread = new Worker(at('thread${name}-'));
  const threadEnded = new Promise((resolve, reject) => thread.on('exit', resolve).on('error', reject));
  await import(at('process${name}-'));
  await threadEnded;`;

describe('a record that processes and threads change at once', () => {
  test('loses no change, and nothing else of it moves', async () => {
    const { run, record } = runWithRecord(STRANGE);
    const names = Array.from({ length: PROCESSES }, (_, at) => String(at));
    await Promise.all(names.map((name) => inChild(assault(run, name))));

    const text = readFileSync(record, 'utf8');
    const { count, by, validation_overrides: entries } = JSON.parse(text) as Besieged;
    const writers = names.flatMap((name) => [`thread${name}-`, `process${name}-`]);
    const ids = entries.map(({ id }) => id);
    expect(count).toBe(2 * PROCESSES * CHANGES);
    expect(by).toEqual(Object.fromEntries(writers.map((writer) => [writer, CHANGES - 1])));
    expect(ids[0]).toBe('first');
    expect(ids.slice(1).sort()).toEqual(
      writers.flatMap((writer) => Array.from({ length: CHANGES }, (_, at) => `${writer}${at}`)).sort(),
    );
    for (const writer of writers) {
      const own = ids.filter((id) => id.startsWith(writer));
      expect(own).toEqual(own.toSorted());
    }
    const [head = '', tail = ''] = STRANGE.split('0.10 } ]');
    expect(text.startsWith(head.replace('"count": 0', `"count": ${count}`))).toBe(true);
    expect(text).toContain(tail.slice(0, tail.indexOf('\r\n}')));
    expect(readdirSync(join(run, '.exlab-wizard'))).toEqual(['creation.json']);
  }, 90_000);
});
