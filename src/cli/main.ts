#!/usr/bin/env node
import { readFileSync } from 'node:fs';

/** The modules alone are several hundred files, of which Node opens many at once; work opens files and pipes of its own. */
const FEWEST_FILES = 512;

function openFilesLimit(): number {
  try {
    const soft = /^Max open files +(?<soft>\d+)/mu.exec(readFileSync('/proc/self/limits', 'utf8'))?.groups?.['soft'];
    return soft === undefined ? Infinity : Number(soft);
  } catch {
    return Infinity;
  }
}

const limit = openFilesLimit();
if (limit < FEWEST_FILES) {
  process.stderr.write(
    `nas-sync: this process may open ${limit} files, and needs ${FEWEST_FILES}: raise the limit (\`ulimit -n 1024\`, or LimitNOFILE of its service)\n`,
  );
  process.exitCode = 1;
} else {
  await import('./run-main.js');
}
