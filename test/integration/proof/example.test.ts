import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execaNode } from 'execa';
import { ODD_NAMES } from 'nas-sync/testing';
import { expect, it, onTestFinished } from 'vitest';
import type { ProofDocument } from 'nas-sync';
import { forged, proof } from '../../unit/proof/documents.js';
import { byExample, EXAMPLE } from './checks.js';

/** A folder with these files, and a document for them beside it. */
function copyOf(files: Readonly<Record<string, string>>, named = Object.keys(files)) {
  const root = mkdtempSync(join(tmpdir(), 'nas-sync-example-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  const copy = join(root, 'copy');
  mkdirSync(copy);
  for (const [path, content] of Object.entries(files)) writeFileSync(join(copy, path), content);
  const entries = named.map((path) => {
    const sha256 = createHash('sha256')
      .update(readFileSync(join(copy, path)))
      .digest('hex');
    return { path, size: readFileSync(join(copy, path)).length, sha256, other: null };
  });
  const bytes = entries.reduce((sum, { size }) => sum + size, 0);
  const passes = [{ ...proof().passes[2]!, files: entries.length, bytes }];
  return { copy, keep: keeper(root), document: forged({ files: entries, links: [], folders: [], passes }) };
}

const keeper = (root: string) => (document: ProofDocument | string) => {
  const file = join(root, 'proof.json');
  writeFileSync(file, typeof document === 'string' ? document : JSON.stringify(document));
  return file;
};

it('has no dependency but Node', () => {
  const imports = [...readFileSync(EXAMPLE, 'utf8').matchAll(/(?:import|from|require)\W+'(?<from>[^']+)'/g)];
  expect(imports.length).toBeGreaterThan(3);
  expect(imports.filter(({ groups }) => groups!['from']?.startsWith('node:') !== true)).toEqual([]);
});

it('reads every name as it is', async () => {
  const { copy, keep, document } = copyOf(Object.fromEntries(Object.values(ODD_NAMES).map((name) => [name, name])));
  expect(await byExample(keep(document), copy)).toMatchObject({ exitCode: 0 });
});

it('opens nothing outside of the copy, whatever a document names', async () => {
  const { copy, keep } = copyOf({ 'a.txt': 'a' });
  writeFileSync(join(copy, '../outside.txt'), 'a');
  const { document } = copyOf({ 'a.txt': 'a' });
  for (const path of ['../outside.txt', join(copy, '../outside.txt'), 'x/../../outside.txt', './a.txt', '']) {
    const hostile = { ...document.files[0]!, path };
    const answer = await byExample(keep(forged({ ...document, files: [hostile] })), copy);
    expect(answer).toMatchObject({ exitCode: 1 });
    expect(answer.stdout).toContain('leads out of the run');
  }
});

it.each<[string, (document: ProofDocument) => ProofDocument | string, string]>([
  ['a value that was altered', (document) => ({ ...document, state: 'cleaned' }), 'the document was altered'],
  ['a key twice', (document) => JSON.stringify(document).replace('"state"', '"state":"x","state"'), 'a key twice'],
  ['a file left out', (document) => forged({ ...document, files: [] }), 'not those of the last pass'],
  ['a path twice', (document) => forged({ ...document, folders: ['a.txt'] }), 'a path is named twice'],
  [
    'a deletion on unknown passes',
    (document) =>
      forged({
        ...document,
        deletion: { allowedAt: document.by.at, finishedAt: null, files: 1, bytes: 1, passes: ['x'] },
      }),
    'unknown passes',
  ],
  [
    'an interlock that was not satisfied',
    (document) => forged({ ...document, interlocks: [{ name: 'age', ok: false, measured: '', required: '' }] }),
    'against an interlock',
  ],
  ['text that is no JSON', () => 'Run_1', 'cannot be checked'],
  ['another document', () => '{"jobs":[]}', 'cannot be checked'],
])('refuses %s, in one line', async (_, change, said) => {
  const { keep, document } = copyOf({ 'a.txt': 'a' });
  const { exitCode, stdout, stderr } = await byExample(keep(change(document)));
  expect({ exitCode, stderr, lines: stdout.split('\n').length }).toEqual({ exitCode: 1, stderr: '', lines: 2 });
  expect(stdout).toContain(said);
});

it('holds no whole file in memory', async () => {
  const { copy, keep, document } = copyOf({ 'a.txt': 'a' });
  writeFileSync(join(copy, 'large'), '');
  truncateSync(join(copy, 'large'), 600_000_000);
  const hash = createHash('sha256');
  for (let part = 0; part < 600; part += 1) hash.update(Buffer.alloc(1_000_000));
  const large = { path: 'large', size: 600_000_000, sha256: hash.digest('hex'), other: null };
  const passes = [{ ...document.passes[0]!, files: 2, bytes: 600_000_001 }];
  const file = keep(forged({ ...document, files: [...document.files, large], passes }));

  const { exitCode, peakMb } = await byExampleMeasured(file, copy);

  expect(exitCode).toBe(0);
  expect(peakMb).toBeLessThan(250);
});

/** Its largest resident size, as `process.resourceUsage` tells it at its end. */
async function byExampleMeasured(...args: readonly string[]) {
  const code = "process.on('exit', () => console.error(process.resourceUsage().maxRSS))";
  const nodeOptions = ['--import', `data:text/javascript,${encodeURIComponent(code)}`];
  const { exitCode, stderr } = await execaNode(EXAMPLE, args, { reject: false, nodeOptions });
  return { exitCode, peakMb: Number(stderr) / 1024 };
}
