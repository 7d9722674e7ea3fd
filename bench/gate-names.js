/**
 * What the gate costs: 100,000 names, spread over folders and in one folder; and what it finds in a real checkout, this
 * repository with everything that is installed in it, copied as a run.
 *
 * Run it after a build: `node --expose-gc bench/gate-names.js`. Without `--expose-gc` the growth of the heap holds
 * garbage, too.
 */
import { cp, mkdir, mkdtemp, readdir, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig } from '../dist/config/load.js';
import { builtInValidator } from '../dist/gate/built-in-validator.js';
import { createRecord, readRecord } from '../dist/run/record/record.js';

const NAMES = 100_000;
const SAMPLE_MS = 5;
const SHOWN = 3;
const MIB = 1024 * 1024;
const REPOSITORY = dirname(dirname(fileURLToPath(import.meta.url)));

const validator = builtInValidator(defineConfig({ equipment: [] }).validator);

async function makeRun(root, name, folders) {
  const run = join(root, name);
  for (let folder = 0; folder < folders; folder += 1) {
    const path = join(run, `position ${folder}`);
    await mkdir(path, { recursive: true });
    const files = NAMES / folders;
    for (let file = 0; file < files; file += 100) {
      await Promise.all(Array.from({ length: 100 }, (_, index) => writeFile(join(path, `t${file + index}.tif`), '')));
    }
  }
  await createRecord(run);
  return run;
}

const heap = () => process.memoryUsage().heapUsed / MIB;

async function gate(runPath) {
  const record = await readRecord(runPath);
  globalThis.gc?.();
  const before = heap();
  let peak = before;
  const sampling = setInterval(() => (peak = Math.max(peak, heap())), SAMPLE_MS);
  const began = performance.now();
  const findings = await validator.validate({ runPath, root: dirname(runPath), record }, {});
  const seconds = (performance.now() - began) / 1000;
  clearInterval(sampling);
  globalThis.gc?.();
  const figures = `${seconds.toFixed(2)} s, heap +${(heap() - before).toFixed(1)} MiB, at most +${(peak - before).toFixed(0)} MiB`;
  const names = (await readdir(runPath, { recursive: true })).length;
  console.log(`${basename(runPath)}, ${names} names: ${figures}, ${findings.length} findings`);
  return findings;
}

function showByRule(findings) {
  for (const rule of new Set(findings.map((finding) => finding.rule))) {
    const found = findings.filter((finding) => finding.rule === rule);
    console.log(`  ${rule}: ${found.length}`);
    for (const { message } of found.slice(0, SHOWN)) console.log(`    ${message}`);
  }
}

const root = await realpath(await mkdtemp(join(tmpdir(), 'nas-sync-bench-')));
try {
  showByRule(await gate(await makeRun(root, 'in 100 folders', 100)));
  showByRule(await gate(await makeRun(root, 'in one folder', 1)));
  const checkout = join(root, 'checkout');
  await cp(REPOSITORY, checkout, { recursive: true, verbatimSymlinks: true });
  await createRecord(checkout);
  showByRule(await gate(checkout));
} finally {
  await rm(root, { recursive: true });
}
