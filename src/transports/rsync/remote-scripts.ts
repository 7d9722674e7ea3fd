/**
 * What runs on the server, for any POSIX shell with GNU or BusyBox tools. `$1` is the target's top, `$2` a path below
 * it. Names only ever come as arguments or on standard input, never as a part of a script. One line each: there are
 * login shells that cut a quoted text at its line ends.
 */

/** Exit codes by which the scripts tell what the tools' own codes do not. */
export const EXIT = { noTop: 40, notEntered: 41, absent: 44, inTheWay: 45, taken: 46 } as const;

const TOP = `[ -d "$1" ] || exit ${EXIT.noTop}; cd "$1" || exit ${EXIT.notEntered};`;
/** No part of `$2` may be a link, which could lead anywhere: back to the run, too. */
const WAY = `d=.; IFS=/; set -f; for part in $2; do d="$d/$part"; [ -L "$d" ] && exit ${EXIT.inTheWay}; done; set +f; IFS=' ';`;

const PLACE = `${TOP} ${WAY} [ -e "./$2" ] || exit ${EXIT.absent}; [ -d "./$2" ] || exit ${EXIT.inTheWay}; cd "./$2" || exit ${EXIT.notEntered};`;

/** Makes `$2`, each folder on the way, and calls it `$d`. Each must be a folder: a link there could lead anywhere. */
const MAKE = `d=.; IFS=/; set -f; for part in $2; do d="$d/$part"; mkdir "$d" 2>/dev/null; [ -d "$d" ] && [ ! -L "$d" ] || { [ -e "$d" ] || [ -L "$d" ] && exit ${EXIT.inTheWay}; mkdir "$d" || exit ${EXIT.notEntered}; }; done; set +f; IFS=' ';`;

/** Whole and on the disk; file systems that cannot sync one file sync all. */
const SYNC = '{ sync "$t" 2>/dev/null || fsync "$t" 2>/dev/null || sync; }';

/** The first word of the answer: an account that runs something else instead does not know it. */
export const GREETING = 'nas-sync-shell';

/** Answers with the greeting, the login shell, the free KiB, the server's time, and the token file if there is one. */
export const PROBE = `echo ${GREETING}; echo "shell $SHELL"; ${TOP} echo "df $(df -Pk . 2>/dev/null | tail -n 1)"; echo "date $(date +%s)"; if [ -f "./$2" ]; then cat "./$2"; fi`;

/** Prints a small file. A link or a pipe in its place is not opened. */
export const READ = `${TOP} ${WAY} [ -e "./$2" ] || exit ${EXIT.absent}; [ -f "./$2" ] || exit ${EXIT.inTheWay}; cat "./$2"`;

/**
 * Writes standard input to `$2/$3`, whole or not at all; `$4` is the name until then; `$5` is `exclusive` or not.
 * Without hard links, a taken name is only seen before the write.
 */
export const WRITE = `${TOP} ${MAKE} t="$d/$4"; f="$d/$3"; if [ "$5" = exclusive ] && { [ -e "$f" ] || [ -L "$f" ]; }; then exit ${EXIT.taken}; fi; cat > "$t" && ${SYNC} || { rm -f "$t"; exit ${EXIT.notEntered}; }; if [ "$5" != exclusive ]; then [ -d "$f" ] && { rm -f "$t"; exit ${EXIT.inTheWay}; }; mv -f "$t" "$f" || exit ${EXIT.notEntered}; elif ln "$t" "$f" 2>/dev/null; then rm -f "$t"; elif [ -e "$f" ] || [ -L "$f" ]; then rm -f "$t"; exit ${EXIT.taken}; else mv "$t" "$f" || exit ${EXIT.notEntered}; fi; t="$d"; ${SYNC}`;

/** Removes what interrupted writes left: only names that are ours, and only in the run's own record folder. */
export const TIDY = `${TOP} [ -L "./$2" ] && exit 0; cd "./$2/.exlab-wizard" 2>/dev/null || exit 0; rm -rf ./.nas-sync-partial ./.nas-sync-tmp-*`;

/**
 * Moves what is named on standard input (`./PATH`, ended by NUL) below `$3`. What stands in the way is told as `taken`
 * or `way` and its name, and ends it: nothing is replaced. No folder on either way may be a link.
 */
export const SET_ASIDE = `${PLACE} xargs -0 -r -n 200 sh -c 'd="./$1"; shift; for f do w="$f"; while w="\${w%/*}"; [ "$w" != . ]; do [ -L "$w" ] && { printf "way\\0%s\\0" "$f"; exit 255; }; done; [ -e "$f" ] || [ -L "$f" ] || continue; [ -d "$f" ] && [ ! -L "$f" ] && { printf "way\\0%s\\0" "$f"; exit 255; }; t="$d/\${f#./}"; w="$t"; while w="\${w%/*}"; [ "$w" != . ]; do [ -L "$w" ] && { printf "way\\0%s\\0" "$w"; exit 255; }; done; { [ -e "$t" ] || [ -L "$t" ]; } && { printf "taken\\0%s\\0" "$f"; exit 255; }; mkdir -p "\${t%/*}" && mv -n "$f" "$t" || exit 255; { [ -e "$f" ] || [ -L "$f" ]; } && exit 255; [ -e "$t" ] || [ -L "$t" ] || exit 255; done' sh "$3" && { sync -f . 2>/dev/null || sync; }`;

/** Removes the folders named on standard input where nothing is left in them. No folder on the way may be a link. */
export const REMOVE_EMPTY = `${PLACE} xargs -0 -r -n 200 sh -c 'for f do w="$f"; l=; while [ "$w" != . ]; do [ -L "$w" ] && l=1; w="\${w%/*}"; done; [ -n "$l" ] || rmdir "$f" 2>/dev/null; done; :' sh`;

/** The caller has made sure that `$2` is a canary's name. */
export const REMOVE_CANARY = `${TOP} ${WAY} rm -rf "./$2"`;

const PARTIAL = '.exlab-wizard/.nas-sync-partial';

/** What rsync has put aside when its connection was cut, and, if it was killed itself, what it was writing to. */
const PARTS = ['parts/*', 'parts/.[!.]*', 'new/*', 'new/.[!.]*'].map((name) => `${PARTIAL}/${name}`).join(' ');

/**
 * Everything at the place but its record folder, as items that each end with NUL: folders, links (name, text), what is
 * neither, and files (in batches: their number, their sizes, their names), each list ended by an empty item; then
 * `partials`, if an interrupted push has left a part of a file, and `end`.
 */
const LIST_HERE = `o -print0 -type d -print0 && printf '\\0' && o '' -type l -exec sh -c 'for f do printf "%s\\0" "$f"; readlink -n "$f"; printf "\\0"; done' sh {} + && printf '\\0' && o '' ! -type d ! -type l ! -type f -print0 && printf '\\0' && o '' -type f -exec sh -c 'printf "%s\\0" "$#"; stat -c %s "$@" | tr "\\n" "\\0"; printf "%s\\0" "$@"' sh {} + && printf '\\0' && set -- ${PARTS} && { for f do if [ -e "$f" ]; then printf 'partials\\0'; break; fi; done; printf 'end\\0'; }`;

/**
 * `o PRINT EXPRESSION…`: finds what is neither in the record folder nor in a folder of one of these names. Such a folder
 * itself is told with `-print0` for PRINT, and never opened: it may be unreadable, or hold the share's whole history.
 */
function finder(opaque: readonly string[]): string {
  const names = opaque.map((pattern) => `-name ${quoted(pattern)}`).join(' -o ');
  const prune = opaque.length === 0 ? '' : `-type d \\( ${names} \\) $w -prune -o `;
  return `o() { w="$1"; shift; find . -path ./.exlab-wizard -prune -o ${prune}"$@"; };`;
}

const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;

export const listScript = (opaque: readonly string[]): string => `${PLACE} ${finder(opaque)} ${LIST_HERE}`;

/** A folder is unlocked before it is opened, so one at a time. What another account owns stays as it is. */
const UNLOCK = `{ o '' -type d ! -perm -700 -exec chmod u+rwx {} \\; -o -type f ! -perm -600 -exec chmod u+rw {} + ; } 2>/dev/null;`;

export const unlockedListScript = (opaque: readonly string[]): string =>
  `${PLACE} ${finder(opaque)} ${UNLOCK} ${LIST_HERE}`;

/** Writes the server's memory to its disks: what is read then, is there. */
const FLUSH = '{ sync -f . 2>/dev/null || sync; };';

export const flushedListScript = (opaque: readonly string[]): string =>
  `${PLACE} ${FLUSH} ${finder(opaque)} ${LIST_HERE}`;

/** SHA-256 of the files named on standard input, each name ended by NUL, `$3` to one start of the tool. */
export const HASH = `${PLACE} exec xargs -0 -r -n "$3" sha256sum`;

/** The same for names that nobody has seen there yet: what is no file is passed over. */
export const HASH_AHEAD = `${PLACE} ${FLUSH} exec xargs -0 -r -n "$3" sh -c 'for f do shift; if [ -f "$f" ] && [ ! -L "$f" ]; then set -- "$@" "$f"; fi; done; [ $# -eq 0 ] || exec sha256sum "$@"' sh`;

/** As {@link HASH} for names that the tools' lists cannot be trusted with: BusyBox does not escape them. Hashes only. */
export const HASH_BY_CONTENT = `${PLACE} exec xargs -0 -r -n 1 sh -c 'sha256sum < "$1"' sh`;

/**
 * What the server shall start as rsync: in the run's place, which is made, with folders for unfinished files that are
 * ours. What a killed rsync was writing to (`name.XXXXXX`) gets the name under which the next one goes on with it:
 * content alone decides what of it is of use.
 */
export const RECEIVE = `${TOP} ${MAKE} cd "$d" || exit ${EXIT.notEntered}; p="$PWD/${PARTIAL}"; mkdir -p "$p/parts" "$p/new" || exit ${EXIT.notEntered}; for f in "$p"/new/* "$p"/new/.[!.]*; do n="\${f##*/}"; if [ -f "$f" ]; then mv -f "$f" "$p/parts/\${n%.*}"; fi; done; shift 2; exec rsync --partial-dir="$p/parts" --temp-dir="$p/new" "$@"`;

export const SEND = `${PLACE} shift 2; exec rsync "$@"`;
