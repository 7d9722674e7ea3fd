import { quote } from '../../run/shell-quote.js';

/** Variables by which rsync's options mean something else. */
const RSYNC_VARIABLES = [
  ...['CHECKSUM_LIST', 'COMPRESS_LIST', 'CONNECT_PROG', 'ICONV', 'MAX_ALLOC', 'OLD_ARGS', 'PARTIAL_DIR', 'PASSWORD'],
  ...['PROTECT_ARGS', 'PROXY', 'RSH', 'SHELL'],
].map((name) => `RSYNC_${name}`);

/** The account's own `~/.popt` can give rsync's options other meanings on the server, too. */
const BEFORE = `LC_ALL=C; HOME=/dev/null; export LC_ALL HOME; unset CDPATH POSIXLY_CORRECT ${RSYNC_VARIABLES.join(' ')};`;

/** What no shell reads as anything else between single quotes. Some expand `!` there, or undo `\\` and `\'`. */
const PLAIN = /^[A-Za-z0-9 ./,:=_-]$/u;
/** Bytes of a text to one word, of up to five letters each: old C shells take words of 1,024 letters. */
const BYTES_TO_A_WORD = 200;

/** Words in plain letters that `printf %b` turns back into the text: bytes that are not plain are `\0ooo`. */
function encoded(text: string): string[] {
  const codes = Array.from(Buffer.from(text), (byte) => {
    const character = String.fromCharCode(byte);
    return PLAIN.test(character) ? character : `\\0${byte.toString(8).padStart(3, '0')}`;
  });
  const starts = Array.from({ length: Math.ceil(codes.length / BYTES_TO_A_WORD) }, (_, at) => at * BYTES_TO_A_WORD);
  return starts.map((start) => codes.slice(start, start + BYTES_TO_A_WORD).join(''));
}

/**
 * A command line that every login shell (sh, csh, tcsh, fish, …) hands to `sh` as it stands: the script and its
 * arguments are spelled in plain letters, and only `sh` reads them. What a program adds to the line comes last in `$@`.
 */
export function shellCommand(script: string, args: readonly string[]): string {
  const words = encoded(`set -- ${args.map(quote).join(' ')} "$@"; ${BEFORE} ${script}`);
  const whole = words.map((_, at) => `\${${at + 1}}`).join('');
  const start = `code="${whole}"; shift ${words.length}; eval "$(printf %b "$code")"`;
  return ['exec', 'sh', '-c', `'${start}'`, 'nas-sync', ...words.map((word) => `'${word}'`)].join(' ');
}

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
