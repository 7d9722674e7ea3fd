import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fill } from '../../support/lab.js';
import type { LettingGo } from './cleanup-lab.js';

export interface HostileAct {
  readonly does: (scene: LettingGo) => void | Promise<void>;
  /** What is told of it; absent where every byte is still proven, so that the run may go. */
  readonly told?: RegExp;
}

/** What may befall a run of the tree of the lab between its proof and its deletion. */
export const HOSTILE_ACTS: Readonly<Record<string, HostileAct>> = {
  'a file is added': { does: (s) => fill(s.run, { 'deep/new.txt': 'new' }), told: /deep\/new\.txt|deep/u },
  'a file is appended to': { does: (s) => appendFileSync(s.at('a.txt'), ' and more'), told: /a\.txt/u },
  'a file is rewritten with the same size and mtime': { does: (s) => rewrite(s.at('a.txt')), told: /a\.txt/u },
  'a file is replaced by a link': {
    does: (s) => {
      renameSync(s.at('a.txt'), elsewhere(s, 'a.txt'));
      symlinkSync('deep/b.bin', s.at('a.txt'));
    },
    told: /a\.txt/u,
  },
  'a file is replaced by a folder that holds it': {
    does: (s) => {
      renameSync(s.at('a.txt'), elsewhere(s, 'a.txt'));
      mkdirSync(s.at('a.txt'));
      renameSync(elsewhere(s, 'a.txt'), s.at('a.txt/a.txt'));
    },
    told: /a\.txt/u,
  },
  'a file is moved out and back': {
    does: (s) => {
      renameSync(s.at('a.txt'), elsewhere(s, 'a.txt'));
      renameSync(elsewhere(s, 'a.txt'), s.at('a.txt'));
    },
  },
  'a file is copied out and back': {
    does: (s) => {
      cpSync(s.at('a.txt'), elsewhere(s, 'a.txt'));
      rmSync(s.at('a.txt'));
      cpSync(elsewhere(s, 'a.txt'), s.at('a.txt'));
      rmSync(elsewhere(s, 'a.txt'));
    },
  },
  'two files trade places': {
    does: (s) => {
      renameSync(s.at('deep/er/c.txt'), elsewhere(s, 'c.txt'));
      renameSync(s.at('deep/er/d.txt'), s.at('deep/er/c.txt'));
      renameSync(elsewhere(s, 'c.txt'), s.at('deep/er/d.txt'));
    },
    told: /c\.txt/u,
  },
  'a file is hard-linked elsewhere': { does: (s) => linkSync(s.at('a.txt'), elsewhere(s, 'a.txt')) },
  'a folder is swapped for a link to where it went': {
    does: (s) => {
      renameSync(s.at('deep'), elsewhere(s, 'deep'));
      symlinkSync(elsewhere(s, 'deep'), s.at('deep'));
    },
    told: /deep/u,
  },
  'a folder is swapped for a file': {
    does: (s) => {
      renameSync(s.at('deep'), elsewhere(s, 'deep'));
      writeFileSync(s.at('deep'), 'a file now');
    },
    told: /deep/u,
  },
  'a named pipe appears': { does: (s) => run('mkfifo', s.at('pipe')), told: /pipe|no proof|holds/u },
  'a named pipe stands in the place of a file': {
    does: (s) => {
      renameSync(s.at('a.txt'), elsewhere(s, 'a.txt'));
      run('mkfifo', s.at('a.txt'));
    },
    told: /a\.txt/u,
  },
  'a dangling link appears': { does: (s) => symlinkSync('nowhere', s.at('deep/er/dangling')), told: /deep\/er/u },
  'a socket appears': { does: (s) => listenAt(s, 'socket'), told: /socket/u },
  'an empty folder appears': { does: (s) => mkdirSync(s.at('new-empty')), told: /new-empty/u },
  'a nested folder with the name of the record folder appears': {
    does: (s) => fill(s.run, { 'deep/.exlab-wizard/data.txt': 'data, not a record' }),
    told: /deep/u,
  },
  'a file whose name is not UTF-8 appears': {
    does: (s) => writeFileSync(Buffer.concat([Buffer.from(`${s.run}/odd`), Buffer.from([0xff, 0xfe])]), 'odd'),
    told: /odd/u,
  },
  'the run folder is swapped for a link to where it went': {
    does: (s) => {
      renameSync(s.run, elsewhere(s, 'run'));
      symlinkSync(elsewhere(s, 'run'), s.run);
    },
    told: /./u,
  },
  'the run folder is moved away': { does: (s) => renameSync(s.run, elsewhere(s, 'run')), told: /./u },
};

export function elsewhere(scene: LettingGo, ...names: string[]): string {
  mkdirSync(scene.lab.at('elsewhere'), { recursive: true });
  return scene.lab.at('elsewhere', ...names);
}

/** The same size and mtime, and other bytes. */
export function rewrite(file: string): void {
  const { size, atime, mtime } = statSync(file);
  writeFileSync(file, 'X'.repeat(size));
  utimesSync(file, atime, mtime);
}

/** `false` where the file system or the user's rights refuse it. It can be deleted again once the test is over. */
export function makeUndeletable(scene: LettingGo, path: string): boolean {
  if (spawnSync('chattr', ['+i', path]).status !== 0) return false;
  scene.lab.atEnd(() => Promise.resolve(spawnSync('chattr', ['-i', path])));
  return true;
}

export function canMakeUndeletable(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'nas-sync-chattr-'));
  const works = spawnSync('chattr', ['+i', folder]).status === 0;
  spawnSync('chattr', ['-i', folder]);
  rmSync(folder, { recursive: true });
  return works;
}

function run(tool: string, ...args: string[]): void {
  const { status } = spawnSync(tool, args);
  if (status !== 0) throw new Error(`${tool} ended with ${status}`);
}

async function listenAt(scene: LettingGo, name: string): Promise<void> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(scene.at(name), resolve));
  scene.lab.atEnd(() => new Promise((resolve) => server.close(resolve)));
}
