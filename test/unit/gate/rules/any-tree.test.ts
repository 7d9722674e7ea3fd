import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { printable } from '#dist/run/printable.js';
import { gated } from './support.js';

const RUNS = 40;

/** No two of these are one when folded, and none is illegal alone; the ends of a name are added below. */
const tail = fc.string({ unit: fc.constantFrom(...'ab019_-.,{}%()+~é漢字🔬ñ\u00a0'), maxLength: 12 });
const isFine = (name: string): boolean => !/\.$|\{\{[^}]*\}\}|\{%[^%]*%\}/.test(name);
/** A file never stands where another path needs a folder. */
const fileName = tail.map((text) => `f${text}`).filter(isFine);
const folders = fc.array(tail.map((text) => `d${text}`).filter(isFine), { maxLength: 6 });
const filePath = fc.tuple(folders, fileName).map(([way, name]) => [...way, name].join('/'));
const tree = fc.uniqueArray(filePath, { minLength: 1, maxLength: 12 });

const BAD: readonly (readonly [string, string, string])[] = [
  ['unresolved_placeholder_token', 'Run_<run_date>', '<run_date>'],
  ['leftover_jinja_marker', 'f{{ name }}.tif', '{{ name }}'],
  ['leftover_jinja_marker', '{%x%}', '{%x%}'],
  ['illegal_filesystem_character', 'f?', '?'],
  ['illegal_filesystem_character', 'back\\slash', '\\'],
  ['illegal_filesystem_character', 'line\nbreak', '\\n'],
  ['illegal_filesystem_character', 'dot.', 'dot'],
  ['reserved_filesystem_name', 'lpt3.tif', 'lpt3'],
];

async function withRun<T>(paths: readonly string[], work: (run: string) => Promise<T>): Promise<T> {
  const top = mkdtempSync(join(tmpdir(), 'nas-sync-tree-'));
  const run = join(top, 'Run_1');
  try {
    for (const path of paths) {
      mkdirSync(dirname(join(run, path)), { recursive: true });
      writeFileSync(join(run, path), '');
    }
    return await work(run);
  } finally {
    rmSync(top, { recursive: true });
  }
}

test('any tree without a bad name passes', async () => {
  await fc.assert(
    fc.asyncProperty(tree, (paths) =>
      withRun(paths, async (run) => {
        expect(await gated(run)).toEqual([]);
      }),
    ),
    { numRuns: RUNS },
  );
});

test('one bad name, planted anywhere as a file or a folder, is found and named', async () => {
  const planted = fc.record({ paths: tree, where: folders, bad: fc.constantFrom(...BAD), asFolder: fc.boolean() });
  await fc.assert(
    fc.asyncProperty(planted, ({ paths, where, bad: [rule, name, said], asFolder }) => {
      const path = [...where, name].join('/');
      return withRun([...paths, asFolder ? `${path}/inside` : path], async (run) => {
        const findings = await gated(run);
        expect(new Set(findings.map(({ subject }) => subject))).toEqual(new Set([printable(path)]));
        expect(findings.find((finding) => finding.rule === rule)?.message).toContain(said);
      });
    }),
    { numRuns: RUNS },
  );
});

test('any name, given again in capitals or decomposed, is found with both names', async () => {
  const alike = fc.tuple(tree, fc.nat(), fc.boolean()).map(([paths, index, capital]) => {
    const path = paths[index % paths.length]!;
    const name = path.slice(path.lastIndexOf('/') + 1);
    const other = capital || name.normalize('NFD') === name ? name.toUpperCase() : name.normalize('NFD');
    return { paths, name, path, twin: path.slice(0, path.length - name.length) + other };
  });
  await fc.assert(
    fc.asyncProperty(alike, ({ paths, path, twin }) =>
      withRun([...paths, twin], async (run) => {
        const findings = await gated(run);
        expect(findings).toMatchObject([{ rule: 'name_collision', tier: 'hard' }]);
        expect([printable(path), printable(twin)]).toContain(findings[0]?.subject);
      }),
    ),
    { numRuns: RUNS },
  );
});
