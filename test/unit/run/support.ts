import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { onTestFinished } from 'vitest';

/** An empty folder that goes away with the test. Anybody may enter it. */
export function emptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'nas-sync-run-'));
  chmodSync(folder, 0o755);
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A run folder that holds these files, with this content. */
export function runWith(files: Record<string, string>): string {
  const run = emptyFolder();
  for (const [path, content] of Object.entries(files)) put(run, path, content);
  return run;
}

export function put(run: string, path: string, content = ''): void {
  mkdirSync(dirname(join(run, path)), { recursive: true });
  writeFileSync(join(run, path), content);
}

/** A run whose record holds this text, and the record's path. */
export function runWithRecord(text: string): { run: string; record: string } {
  const run = runWith({ '.exlab-wizard/creation.json': text });
  return { run, record: join(run, '.exlab-wizard', 'creation.json') };
}

export const HOSTILE_NAMES: readonly string[] = [
  ' leading space',
  'trailing space ',
  'tab\there',
  'new\nline',
  'carriage\rreturn',
  'ends in CR\r',
  'back\\slash',
  'looks escaped\\n',
  "single'quote",
  'double"quote',
  '$(touch owned)',
  '`backtick`',
  '-',
  '-leading dash',
  '--',
  '*star',
  '#hash',
  ';semicolon',
  'x'.repeat(255),
  'NFC \u00e9',
  'NFD e\u0301',
  'next\u0085line',
  'line\u2028separator',
  'override\u202etxt.exe',
  '\ufeffbyte order mark',
  'emoji \u{1f52c}',
  '\uff21 comes before the emoji by its bytes only',
  '\u{1f52c} comes last',
];

/** Runs a module's text in a Node process of its own (as `nobody` if we are root) and gives what it printed. */
export async function inChild(code: string, { asNobody = false } = {}): Promise<string> {
  const user = asNobody && process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', code], {
    ...user,
    maxBuffer: 1 << 26,
  });
  return stdout;
}

/** For code of {@link inChild}: where a built module lies. */
export const built = (module: string): string =>
  JSON.stringify(new URL(`../../../dist/${module}`, import.meta.url).href);
