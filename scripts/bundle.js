// Puts a program and all that it imports into one file FOLDER/NAME.js: a start that opens several hundred small files takes three times as long.
// Usage: node scripts/bundle.js FOLDER NAME=FILE, after a build. FOLDER must be two levels below the project's root, as the
// modules are that look for `package.json` from there.
// Node loads better-sqlite3 and piscina from their own packages: one is native code, the other starts its own worker file.
import { chmodSync, existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { rolldown } from 'rolldown';

const [FOLDER, program] = process.argv.slice(2);
const [NAME, FILE] = program.split('=');
const MODULES = `${process.cwd()}/node_modules/`;

const manifestOf = (folder) => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));

/** Packages hold further `package.json` files, which tell the kind of the modules below them only. */
const hasName = (folder) => manifestOf(folder).version !== undefined;

const bundle = await rolldown({
  // The worker lies beside the program, as it lies beside the pool that starts it.
  input: { [NAME]: FILE, worker: 'dist/bytes/worker.js' },
  platform: 'node',
  external: ['better-sqlite3', 'piscina'],
  resolve: { mainFields: ['module', 'main'] },
});
const { output } = await bundle.write({
  dir: FOLDER,
  format: 'esm',
  chunkFileNames: '[name].js',
  minify: { compress: false, mangle: false, codegen: { removeWhitespace: true } },
});
await bundle.close();
chmodSync(join(FOLDER, `${NAME}.js`), 0o755);
writeFileSync(join(FOLDER, 'THIRD-PARTY-LICENSES.txt'), licenses());

/** The texts that the licences of the bundled packages require beside their code. */
function licenses() {
  const files = output.flatMap((chunk) => (chunk.type === 'chunk' ? chunk.moduleIds : []));
  const folders = new Set(files.filter((file) => file.startsWith(MODULES)).map(packageFolder));
  return [...folders]
    .sort()
    .map(licenseOf)
    .join(`\n${'-'.repeat(80)}\n\n`);
}

function packageFolder(file) {
  let folder = dirname(file);
  while (!existsSync(join(folder, 'package.json')) || !hasName(folder)) folder = dirname(folder);
  return folder;
}

function licenseOf(folder) {
  const { name, version, license } = manifestOf(folder);
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  if (file === undefined) throw new Error(`${name} ${version} holds no licence text`);
  return `${name} ${version} (${license})\n\n${readFileSync(join(folder, file), 'utf8').trim()}\n`;
}
