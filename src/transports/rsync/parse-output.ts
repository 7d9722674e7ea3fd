/** What is asked of rsync so that it can be read: a name where a file begins, and how far it is, as it comes. */
export const OUTPUT_ARGS = ['--out-format=>%n', '--info=progress2', '--outbuf=L'];

const PROGRESS = /^\s*(?<bytes>[\d,]+)\s+\d+%/u;
const ESCAPED = /\\#(?<octal>[0-7]{3})/gu;

export interface RsyncProgress {
  readonly bytes: number;
  /** The file that is under way. */
  readonly current: string | null;
}

/** Follows a transfer line by line. */
export class RsyncProgressReader {
  /** Files that were begun, in turn; folders are told with a slash at their end, and left out. */
  readonly begun: string[] = [];
  #bytes = 0;

  read(line: string): RsyncProgress | null {
    if (line.startsWith('>')) {
      const name = plainName(line.slice(1));
      if (!name.endsWith('/')) this.begun.push(name);
      return null;
    }
    const bytes = PROGRESS.exec(line)?.groups?.['bytes'];
    if (bytes === undefined) return null;
    this.#bytes = Math.max(this.#bytes, Number(bytes.replaceAll(',', '')));
    return { bytes: this.#bytes, current: this.begun.at(-1) ?? null };
  }
}

/** In the C locale rsync shows every byte that is no printable ASCII as `\#ooo`, and a backslash before `#ooo` too. */
export function plainBytes(shown: string): Buffer {
  const parts: Buffer[] = [];
  let at = 0;
  for (const match of shown.matchAll(ESCAPED)) {
    parts.push(Buffer.from(shown.slice(at, match.index)), Buffer.of(parseInt(match.groups?.['octal'] ?? '0', 8)));
    at = match.index + match[0].length;
  }
  return Buffer.concat([...parts, Buffer.from(shown.slice(at))]);
}

export const plainName = (shown: string): string => plainBytes(shown).toString('utf8');
