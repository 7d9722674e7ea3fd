/** One word for a POSIX shell, whatever it holds. */
export const quote = (word: string): string => `'${word.replaceAll("'", String.raw`'\''`)}'`;

const BEFORE = 'LC_ALL=C; export LC_ALL; unset CDPATH;';

/** A command line that any login shell of the server hands to `sh` as it stands. */
export const shellCommand = (script: string, args: readonly string[]): string =>
  ['exec', 'sh', '-c', quote(`${BEFORE} ${script}`), 'nas-sync', ...args.map(quote)].join(' ');

/**
 * The same for a shell that waits for one line of standard input, and does what that says. `read` takes it byte by
 * byte, so that what follows is left to be read. `$n` is a line end, which no line can hold.
 */
export const WAITING_SHELL = shellCommand(
  String.raw`n=$(printf "\nx"); n="$` + '{n%x}"; IFS= read -r line || exit 0; eval "$line"',
  [],
);

/** The line for {@link WAITING_SHELL} that runs a script with these arguments. */
export const scriptLine = (script: string, args: readonly string[]): string =>
  `set -- ${args.map((word) => quote(word).replaceAll('\n', `'"$n"'`)).join(' ')}; ${script}\n`;
