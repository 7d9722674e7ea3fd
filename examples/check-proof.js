// Checks the proof of a run with nothing of nas-sync: only Node 20 or newer.
//   node check-proof.js PROOF.json            the document itself: its hash, and that its parts agree
//   node check-proof.js PROOF.json FOLDER     and every file of a copy: the mounted NAS, or a restored run
import { createHash } from 'node:crypto';
import { constants, createReadStream } from 'node:fs';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';

const RECORD = '.exlab-wizard'; // at the top of a copy: what describes the run, and no part of it
const [file, folder] = process.argv.slice(2);
const troubles = [];

try {
  const proof = parse(await readFile(file, 'utf8'));
  checkDocument(proof);
  // A document that is not what it was is no reason to open any file.
  if (troubles.length === 0 && folder !== undefined) await checkCopy(proof, folder);
  if (troubles.length === 0) console.log(summary(proof));
} catch (error) {
  troubles.push(`cannot be checked: ${error.message}`);
}
for (const trouble of troubles) console.log(`✖ ${trouble}`);
if (troubles.length > 0) {
  console.log(`NOT PROVEN: ${troubles.length} trouble(s)`);
  process.exitCode = 1;
}

/** Of a key that stands twice, a person sees the first and JSON.parse the last: outside of strings, a colon is a key. */
function parse(text) {
  let members = -1;
  const proof = JSON.parse(text, function (_, value) {
    if (!Array.isArray(this)) members += 1;
    return value;
  });
  const keys = text.replace(/"[^"\\]*(?:\\.[^"\\]*)*"/g, '').split(':').length - 1;
  expect(keys === members, 'the document names a key twice');
  return proof;
}

/** Its SHA-256 is over the canonical form (RFC 8785) of everything but the SHA-256 itself. */
function checkDocument({ sha256, ...body }) {
  const { format, version, files, links, folders, passes, interlocks, deletion } = body;
  if (format !== 'nas-sync proof' || version !== 1) throw new Error('it is no nas-sync proof of version 1');
  expect(sha256 === createHash('sha256').update(canonical(body)).digest('hex'), 'the document was altered');

  const paths = [...files.map(({ path }) => path), ...links.map(({ path }) => path), ...folders];
  for (const path of paths) expect(isPlain(path), `${quoted(path)} leads out of the run`);
  expect(new Set(paths).size === paths.length, 'a path is named twice');

  const last = passes.at(-1);
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  expect(
    last?.counts && last.files === files.length && last.bytes === bytes,
    'the files are not those of the last pass',
  );
  const ids = passes.map(({ proofId }) => proofId);
  expect(deletion === null || deletion.passes.every((id) => ids.includes(id)), 'the deletion rests on unknown passes');
  expect(
    interlocks.every(({ ok }) => ok),
    'the deletion was allowed against an interlock',
  );
}

function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const keys = Object.keys(value).sort();
  return `{${keys.map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`).join(',')}}`;
}

/** Names are compared byte for byte, and no link is ever followed: what lies behind one is not in the copy. */
async function checkCopy({ files, links, folders, passes }, top) {
  const there = await contentsOf(top);
  for (const { path, size, sha256 } of files) {
    if (there.get(path) !== 'file') troubles.push(`${quoted(path)} is ${there.has(path) ? 'no file' : 'missing'}`);
    else await checkFile(join(top, path), quoted(path), sha256, size);
  }
  for (const { path, linkTo } of links) {
    const same = there.get(path) === 'link' && (await readlink(join(top, path))) === linkTo;
    expect(same, `${quoted(path)} is not the link to ${quoted(linkTo)}`);
  }
  for (const path of folders) expect(there.get(path) === 'folder', `${quoted(path)} is no folder`);
  const named = new Set([...files, ...links].map(({ path }) => path).concat(folders));
  for (const path of there.keys()) {
    expect(named.has(path) || path.split('/')[0] === RECORD, `${quoted(path)} is not in the proof`);
  }
  const manifest = `${RECORD}/checksums.sha256`;
  if (there.get(manifest) === 'file') {
    await checkFile(join(top, manifest), 'the manifest', passes.at(-1).manifestSha256);
  }
}

/** Every path below a folder, separated by `/`, and what stands there. */
async function contentsOf(top, below = '', found = new Map()) {
  for (const entry of await readdir(join(top, below), { withFileTypes: true })) {
    const path = below === '' ? entry.name : `${below}/${entry.name}`;
    found.set(path, kindOf(entry));
    if (entry.isDirectory()) await contentsOf(top, path, found);
  }
  return found;
}

function kindOf(entry) {
  if (entry.isFile()) return 'file';
  if (entry.isDirectory()) return 'folder';
  return entry.isSymbolicLink() ? 'link' : 'other';
}

/** In pieces: a file may be larger than memory. */
async function checkFile(place, name, sha256, size = null) {
  const hash = createHash('sha256');
  const stream = createReadStream(place, { flags: constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) });
  await pipeline(stream, hash);
  expect(size === null || stream.bytesRead === size, `${name} has ${stream.bytesRead} bytes, not ${size}`);
  expect(hash.digest('hex') === sha256, `${name} has another SHA-256`);
}

function isPlain(path) {
  return (
    typeof path === 'string' &&
    path.split(sep === '\\' ? /[/\\]/ : '/').every((name) => !['', '.', '..'].includes(name))
  );
}

function summary({ run, files, passes, deletion, sha256 }) {
  const counting = passes.filter(({ counts }) => counts).length;
  const what = folder === undefined ? 'the document agrees with itself' : `the document and ${quoted(folder)} agree`;
  const gone = deletion?.finishedAt ? `deleted ${deletion.finishedAt}` : 'not deleted';
  const counted = `files: ${files.length}, passes that count: ${counting}, ${gone}`;
  return `PROVEN: ${what} (${quoted(run.runPath)}; ${counted}; proof ${sha256})`;
}

function expect(holds, trouble) {
  if (!holds) troubles.push(trouble);
}

function quoted(text) {
  return JSON.stringify(text);
}
