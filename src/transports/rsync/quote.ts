/** One word for a POSIX shell, whatever it holds. */
export const quote = (word: string): string => `'${word.replaceAll("'", String.raw`'\''`)}'`;

/** A command line that any login shell of the server hands to `sh` as it stands. */
export const shellCommand = (script: string, args: readonly string[]): string =>
  ['exec', 'sh', '-c', quote(`LC_ALL=C; export LC_ALL; unset CDPATH; ${script}`), 'nas-sync', ...args.map(quote)].join(
    ' ',
  );
