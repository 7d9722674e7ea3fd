import { PARTIAL_SUFFIX } from './copy.js';

/** What rclone puts between a file's name and the suffix: random letters and digits, or digits of a hash. */
const TAIL = /^\.[0-9A-Za-z]{8}$/u;
const TAIL_LENGTH = 9;
/** A name longer than this is cut by as much as is put behind it. */
const LONGEST_STEM_BYTES = 100;

/**
 * Which of the names of a listing are those of unfinished files of this run, as rclone would have named them: next to a
 * file of the run, by that file's name. Whatever else ends so is not ours, and no name with a control character is.
 * @param ours the run's files, by rclone's names
 */
export function partialsOf(ours: readonly string[], listed: readonly string[]): string[] {
  const files = new Set(ours);
  const stems = new Set(ours.map(stemOf));
  return listed.filter((path) => {
    if (/\p{Cc}/u.test(path) || files.has(path) || !path.endsWith(PARTIAL_SUFFIX)) return false;
    const whole = path.slice(0, -PARTIAL_SUFFIX.length);
    return TAIL.test(whole.slice(-TAIL_LENGTH)) && stems.has(whole.slice(0, -TAIL_LENGTH));
  });
}

function stemOf(path: string): string {
  const base = path.slice(path.lastIndexOf('/') + 1);
  if (Buffer.byteLength(base) <= LONGEST_STEM_BYTES) return path;
  const bytes = Buffer.from(path);
  let end = bytes.length - TAIL_LENGTH - PARTIAL_SUFFIX.length;
  while (((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return bytes.subarray(0, end).toString();
}
