import {
  closeSync,
  mkdirSync,
  openSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fill, noise, type Tree } from '../../support/lab.js';

export const TREE: Tree = {
  'a.bin': noise(5000),
  'b.bin': noise(300_000, 2),
  'sub/c.bin': noise(700, 3),
  'd.txt': 'd',
};

/** Another bit in the middle of the file, behind the size and the time that it had. */
export function flipByte(file: string): void {
  const { size, atimeMs, mtimeMs } = statSync(file);
  const fd = openSync(file, 'r+');
  writeSync(fd, Buffer.from([0xff]), 0, 1, Math.floor(size / 2));
  closeSync(fd);
  utimesSync(file, atimeMs / 1000, mtimeMs / 1000);
}

interface Damage {
  readonly does: (place: string) => void;
  readonly mismatched?: readonly string[];
  readonly missing?: readonly string[];
  readonly extra?: readonly string[];
  /** How many files the healing push has to send; `null` where a push cannot heal it. */
  readonly heals: number | null;
}

/** What may befall a copy of {@link TREE} that also holds the link `to-a`. */
export const DAMAGES: Readonly<Record<string, Damage>> = {
  'a flipped byte behind the same size and time': {
    does: (place) => flipByte(join(place, 'b.bin')),
    mismatched: ['b.bin'],
    heals: 1,
  },
  'a file that is gone': { does: (place) => rmSync(join(place, 'sub/c.bin')), missing: ['sub/c.bin'], heals: 1 },
  'a truncated file': { does: (place) => truncateSync(join(place, 'a.bin'), 4096), mismatched: ['a.bin'], heals: 1 },
  'a folder that is gone': {
    does: (place) => rmSync(join(place, 'sub'), { recursive: true }),
    missing: ['sub', 'sub/c.bin'],
    heals: 1,
  },
  'a link that leads elsewhere': {
    does: (place) => replace(join(place, 'to-a'), (path) => symlinkSync('b.bin', path)),
    mismatched: ['to-a'],
    heals: 0,
  },
  'a link in the place of a file': {
    does: (place) => replace(join(place, 'd.txt'), (path) => symlinkSync('a.bin', path)),
    mismatched: ['d.txt'],
    heals: 1,
  },
  'a folder in the place of a file': {
    does: (place) => replace(join(place, 'd.txt'), (path) => mkdirSync(path)),
    mismatched: ['d.txt'],
    heals: null,
  },
  'a file that nobody knows': {
    does: (place) => fill(place, { 'sub/new.txt': 'x' }),
    extra: ['sub/new.txt'],
    heals: null,
  },
  'all at once': {
    does: (place) => {
      flipByte(join(place, 'a.bin'));
      flipByte(join(place, 'b.bin'));
      rmSync(join(place, 'd.txt'));
    },
    mismatched: ['a.bin', 'b.bin'],
    missing: ['d.txt'],
    heals: 3,
  },
};

function replace(path: string, make: (path: string) => void): void {
  rmSync(path);
  mkdirSync(dirname(path), { recursive: true });
  make(path);
}
