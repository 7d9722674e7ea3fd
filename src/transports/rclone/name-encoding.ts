import { printable } from '../../run/printable.js';

/** The characters that a remote's `encoding` replaces; `raw`: it stores what rclone itself calls a file. */
export type Encoding = ReadonlySet<string> | 'raw';

const QUOTE = '\u201b';
/** In what rclone calls a file, controls are their symbols, and the symbols themselves are quoted. */
const CONTROLS = /[\u0001-\u001f]/gu;
const SYMBOLS = /[\u2401-\u241f\u2421]/gu;

/** What each flag replaces. The replacements themselves are quoted, and so change as well. */
const REPLACED: Readonly<Record<string, RegExp>> = {
  LtGt: /[<>＜＞]/u,
  DoubleQuote: /["＂]/u,
  SingleQuote: /['＇]/u,
  BackQuote: /[`｀]/u,
  Dollar: /[$＄]/u,
  Colon: /[:：]/u,
  Question: /[?？]/u,
  Asterisk: /[*＊]/u,
  Pipe: /[|｜]/u,
  Hash: /[#＃]/u,
  Percent: /[%％]/u,
  BackSlash: /[\\＼]/u,
  SquareBracket: /[[\]［］]/u,
  Semicolon: /[;；]/u,
  CrLf: /[\r\n\u240d\u240a]/u,
  Del: /[\u007f\u2421]/u,
  Ctl: /[\u0001-\u001f\u2401-\u241f]/u,
  LeftSpace: /^[ \u2420]/u,
  LeftPeriod: /^[.．]/u,
  LeftTilde: /^[~～]/u,
  LeftCrLfHtVt: /^[\t\n\v\r\u2409\u240a\u240b\u240d]/u,
  RightSpace: /[ \u2420]$/u,
  RightPeriod: /[.．]$/u,
  RightCrLfHtVt: /[\t\n\v\r\u2409\u240a\u240b\u240d]$/u,
};

/** Without these flags a name that rclone reads as a slash, or as a folder above, would become one. */
const READ_AS: Readonly<Record<string, RegExp>> = { Slash: /／/u, Dot: /^．{1,2}$/u };

/** Flags of which no name that is UTF-8 has anything to fear. */
const HARMLESS: ReadonlySet<string> = new Set(['Slash', 'Dot', 'InvalidUtf8', 'None']);

/** What rclone calls a file of this name, on this machine and on the remote, in its lists and ours to it. */
export const rcloneName = (name: string): string =>
  name
    .replace(SYMBOLS, (symbol) => QUOTE + symbol)
    .replace(CONTROLS, (control) => String.fromCodePoint(0x2400 + (control.codePointAt(0) ?? 0)))
    .replaceAll('\u007f', '\u2421');

const SYMBOL_OF_CONTROL = /(?<quoted>\u201b?)(?<symbol>[\u2401-\u241f\u2421])/gu;

/** The name on the remote of what rclone calls so. Exact for every name that is not refused. */
export function nameThere(listed: string, encoding: Encoding): string {
  if (encoding === 'raw') return listed;
  return listed.replace(SYMBOL_OF_CONTROL, (_, quoted: string, symbol: string) =>
    quoted === '' ? controlOf(symbol) : symbol,
  );
}

const controlOf = (symbol: string): string =>
  symbol === '\u2421' ? '\u007f' : String.fromCodePoint((symbol.codePointAt(0) ?? 0) - 0x2400);

/** @returns `null` for a text that names flags which this release does not know */
export function readEncoding(text: string): Encoding | null {
  const flags = text
    .split(',')
    .map((flag) => flag.trim())
    .filter((flag) => flag !== '');
  if (flags.includes('Raw')) return flags.length === 1 ? new Set(flags) : null;
  const known = (flag: string): boolean => HARMLESS.has(flag) || flag in REPLACED;
  return flags.every(known) ? new Set(flags) : null;
}

/** Which of the flags change names, for people. */
export const changing = (encoding: Encoding): string[] =>
  encoding === 'raw' ? ['Ctl', 'Del'] : [...encoding].filter((flag) => flag in REPLACED);

/** Why one name of a path would not arrive as it is; `null` where it does. */
export function whyNotKept(name: string, encoding: Encoding): string | null {
  if (/[\r\n]/u.test(name)) return 'holds a line break, and the lists of rclone are made of lines';
  // rclone 1.60 lists such a file under a name by which it then cannot open it.
  if (name.includes(QUOTE)) return `holds ${QUOTE} (U+201B), by which rclone quotes other characters`;
  if (encoding === 'raw') {
    return rcloneName(name) === name ? null : `holds ${which(name)}, which rclone would store as another character`;
  }
  const raw = encoding.has('Raw');
  if (raw && name.includes('\u2400')) return 'holds U+2400, which rclone reads as NUL';
  const flag = Object.keys(REPLACED).find((known) => encoding.has(known) && REPLACED[known]?.test(name));
  if (flag !== undefined) return `would be stored as another one (rclone encodes ${flag} for this remote)`;
  const misread = Object.keys(READ_AS).find((known) => !encoding.has(known) && READ_AS[known]?.test(name));
  return misread === undefined ? null : `would be read as another one by rclone (${misread})`;
}

/** Why rclone could not find a folder of this machine by this name. */
export function whyNotFound(name: string): string | null {
  const opaque = name.includes(QUOTE) || name.search(SYMBOLS) !== -1;
  return opaque ? 'holds a character by which rclone stands in for another' : null;
}

const which = (name: string): string => {
  const found = /[\u0001-\u001f\u007f\u2401-\u241f\u2421]/u.exec(name)?.[0] ?? '';
  return printable(found);
};
