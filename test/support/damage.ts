import { chmodSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';

/** Flips one bit of a file, and leaves its size and its time as they were. */
export function flipBit(file: string): void {
  const { atime, mtime, mode } = statSync(file);
  const content = readFileSync(file);
  content[content.length >> 1]! ^= 1;
  chmodSync(file, mode | 0o200);
  writeFileSync(file, content);
  chmodSync(file, mode);
  utimesSync(file, atime, mtime);
}
