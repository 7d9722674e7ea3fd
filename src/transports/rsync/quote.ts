/** One word for a POSIX shell, whatever it holds. */
export const quote = (word: string): string => `'${word.replaceAll("'", String.raw`'\''`)}'`;

/** Variables by which rsync's options mean something else. */
const RSYNC_VARIABLES = [
  ...['CHECKSUM_LIST', 'COMPRESS_LIST', 'CONNECT_PROG', 'ICONV', 'MAX_ALLOC', 'OLD_ARGS', 'PARTIAL_DIR', 'PASSWORD'],
  ...['PROTECT_ARGS', 'PROXY', 'RSH', 'SHELL'],
].map((name) => `RSYNC_${name}`);

/** The account's own `~/.popt` can give rsync's options other meanings on the server, too. */
const BEFORE = `LC_ALL=C; HOME=/dev/null; export LC_ALL HOME; unset CDPATH POSIXLY_CORRECT ${RSYNC_VARIABLES.join(' ')};`;

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
