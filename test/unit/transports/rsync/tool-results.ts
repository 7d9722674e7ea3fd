import type { ToolRun } from '#dist/errors.js';

/** How a program ended, and what it had said. */
export function told(exitCode: number | null, ...lines: string[]): { run: ToolRun; lines: string[] } {
  return { run: { tool: 'rsync', command: 'rsync', exitCode, signal: null, ms: 1, tail: lines }, lines };
}
