#!/usr/bin/env node
// Writes the pictures of the statechart into diagrams/ (or DIR); with --check it only says which of them are stale.
// Usage: node scripts/diagrams.js [--check] [DIR], after a build.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { picture } from '../dist/machines/diagrams/render-diagram.js';

const FILES = { 'job.svg': 'svg', 'job.mmd': 'mermaid', 'job.dot': 'dot', 'job.json': 'json' };

const { values, positionals } = parseArgs({ options: { check: { type: 'boolean' } }, allowPositionals: true });
const folder = positionals[0] ?? join(dirname(fileURLToPath(import.meta.url)), '..', 'diagrams');
const pictures = await Promise.all(
  Object.entries(FILES).map(async ([name, format]) => ({ path: join(folder, name), text: await picture(format) })),
);

if (values.check) await check();
else await write();

async function write() {
  await mkdir(folder, { recursive: true });
  await Promise.all(pictures.map(({ path, text }) => writeFile(path, text)));
}

async function check() {
  const stale = [];
  for (const { path, text } of pictures) if ((await contentOf(path)) !== text) stale.push(path);
  if (stale.length === 0) return;
  console.error(`Not as the machine draws them now:\n${stale.map((path) => `  ${path}`).join('\n')}`);
  console.error('Fix: npm run build && npm run diagrams, then commit the files.');
  process.exitCode = 1;
}

async function contentOf(path) {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return null;
    throw error;
  }
}
