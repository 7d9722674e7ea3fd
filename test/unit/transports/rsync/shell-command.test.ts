import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quote } from '#dist/run/shell-quote.js';
import { scriptLine, shellCommand, WAITING_SHELL } from '#dist/transports/rsync/shell-command.js';

const SHELLS = [
  ['sh', ['sh', '-c']],
  ['busybox sh', ['busybox', 'sh', '-c']],
] as const;

/** Login shells that only hand a command on. */
const LOGIN_SHELLS = ['sh', 'bash', 'dash', 'mksh', 'zsh', 'bsd-csh', 'tcsh', 'fish'] as const;

const word = fc
  .array(
    fc.oneof(fc.constantFrom(...`'"\\$\`!*?[]{}~#;&|<>()\n\r\t -=%`), fc.string({ unit: 'grapheme', minLength: 1 })),
  )
  .map((parts) => parts.join(''))
  .filter((text) => !text.includes('\0'));
const words = fc.array(word, { maxLength: 40 });

/** Each argument, ended by NUL. */
const PRINT = `for a do printf '%s\\0' "$a"; done`;
const TOLD = (given: readonly string[]): string => given.map((text) => `${text}\0`).join('');
const RUNS = { numRuns: 40 };

describe.each(SHELLS)('for %s', (_, [shell, ...args]) => {
  const run = (line: string, input = ''): string => execFileSync(shell, [...args, line], { encoding: 'utf8', input });

  it('any words are one word each', () => {
    const holds = fc.property(words, (given) => {
      expect(run(`for a in ${given.map(quote).join(' ')}; do printf '%s\\0' "$a"; done`)).toBe(TOLD(given));
    });
    fc.assert(holds, RUNS);
  });

  it('a script finds its arguments as they were', () => {
    const holds = fc.property(words, (given) => {
      expect(run(shellCommand(PRINT, given))).toBe(TOLD(given));
    });
    fc.assert(holds, RUNS);
  });

  it('a shell that waits finds them too, and what follows is left to be read', () => {
    const input = 'first\n\0second';
    const holds = fc.property(words, (given) => {
      expect(run(WAITING_SHELL, scriptLine(`${PRINT}; cat`, given) + input)).toBe(TOLD(given) + input);
    });
    fc.assert(holds, RUNS);
  });

  it('a shell that is told nothing does nothing', () => {
    expect(run(WAITING_SHELL)).toBe('');
  });
});

describe.each(LOGIN_SHELLS)('a login shell such as %s', (shell) => {
  const run = (line: string): string => execFileSync(shell, ['-c', line], { encoding: 'utf8' });

  it('hands a script and any words on to sh as they are', () => {
    const holds = fc.property(words, (given) => {
      expect(run(shellCommand(PRINT, given))).toBe(TOLD(given));
    });
    fc.assert(holds, RUNS);
  });

  it('takes words that are longer than a line of it', () => {
    const given = [`${'ä!'.repeat(2000)}x`, 'y'];
    expect(run(shellCommand(PRINT, given))).toBe(TOLD(given));
  });

  it('leaves what a program adds to the line to the end of the arguments', () => {
    expect(run(`${shellCommand(PRINT, ['!a'])} --server -x . ./`)).toBe(TOLD(['!a', '--server', '-x', '.', './']));
  });
});
