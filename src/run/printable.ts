import { isUtf8 } from 'node:buffer';

/**
 * Controls, line and paragraph separators, invisible and direction-changing format characters, lone surrogates. The two
 * joiners stay: emoji and several scripts are unreadable without them, and they move nothing on a terminal.
 */
const UNPRINTABLE = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

const SHORT_ESCAPES: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/**
 * A file name, or any text from outside, as one line that is safe to show on a terminal and in a log. Bytes that are
 * not UTF-8 are shown as `\xNN`. For people only: a backslash of the name's own is left as it is, so this cannot be
 * undone.
 */
export function printable(name: string | Buffer): string {
  if (typeof name === 'string') return name.replace(UNPRINTABLE, escaped);
  return isUtf8(name) ? printable(name.toString('utf8')) : printableBytes(name);
}

function escaped(character: string): string {
  const short = SHORT_ESCAPES[character];
  if (short !== undefined) return short;
  const codePoint = character.codePointAt(0) ?? 0;
  if (codePoint < 0x80) return hexByte(codePoint);
  const digits = codePoint.toString(16);
  return codePoint > 0xffff ? `\\u{${digits}}` : `\\u${digits.padStart(4, '0')}`;
}

function printableBytes(name: Buffer): string {
  let shown = '';
  for (let at = 0; at < name.length;) {
    const length = sequenceLength(name, at);
    shown += length === 0 ? hexByte(name[at] ?? 0) : printable(name.toString('utf8', at, at + length));
    at += length || 1;
  }
  return shown;
}

/** Length in bytes of the one valid UTF-8 character at `at`, or 0. */
function sequenceLength(name: Buffer, at: number): number {
  const candidates = [1, 2, 3, 4].filter((length) => at + length <= name.length);
  return candidates.find((length) => isUtf8(name.subarray(at, at + length))) ?? 0;
}

const hexByte = (byte: number): string => `\\x${byte.toString(16).padStart(2, '0')}`;
