import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';

/** Where a built module lies, as text for a child's code. */
export const built = (module: string): string =>
  JSON.stringify(new URL(`../../../dist/${module}`, import.meta.url).href);

/** Opens the store of this file as `store`, in a child's code. */
export const opening = (file: string): string => `
  const { openStore } = await import(${built('persistence/store.js')});
  const store = await openStore(${JSON.stringify(file)});`;

/** Put before a child's code: kill -9 by its own hand, just before SQLite is given its nth statement. */
export const dyingAtStatement = (nth: number): string => `
  const { default: Sqlite } = await import(${JSON.stringify(import.meta.resolve('better-sqlite3'))});
  const prepare = Sqlite.prototype.prepare;
  let statements = 0;
  Sqlite.prototype.prepare = function (text) {
    statements += 1;
    if (statements === ${nth}) process.kill(process.pid, 'SIGKILL');
    return prepare.call(this, text);
  };`;

export interface Child {
  readonly lines: readonly string[];
  /** The next line that it prints. */
  nextLine(): Promise<string>;
  /** kill -9, and what it had printed by then. */
  kill(): Promise<readonly string[]>;
  /** Its lines, once it has died of a signal. */
  died(): Promise<readonly string[]>;
  /** Its lines, once it has ended well. */
  ended(): Promise<readonly string[]>;
}

/** Runs a module's text in a Node process of its own. It does not outlive the test. */
export function child(code: string): Child {
  const node = spawn(process.execPath, ['--input-type=module', '--eval', code], { stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => void node.kill('SIGKILL'));
  const lines: string[] = [];
  let errors = '';
  let heard: () => void = () => undefined;
  createInterface({ input: node.stdout }).on('line', (line) => {
    lines.push(line);
    heard();
  });
  node.stderr.on('data', (part: Buffer) => (errors += part.toString()));
  const closed = new Promise<number | null>((resolve) => node.once('close', resolve));
  return {
    lines,
    nextLine: async () => {
      const seen = lines.length;
      await Promise.race([new Promise<void>((resolve) => (heard = resolve)), closed]);
      const line = lines[seen];
      if (line === undefined) throw new Error(`the child ended without a word: ${errors}`);
      return line;
    },
    kill: async () => {
      node.kill('SIGKILL');
      await closed;
      return lines;
    },
    died: async () => {
      const code = await closed;
      if (code !== null) throw new Error(`the child ended with ${code}: ${errors}`);
      return lines;
    },
    ended: async () => {
      const code = await closed;
      if (code !== 0) throw new Error(`the child ended with ${code}: ${errors}`);
      return lines;
    },
  };
}
