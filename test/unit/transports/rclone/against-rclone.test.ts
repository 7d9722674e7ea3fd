import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, it, onTestFinished } from 'vitest';
import { rcloneName, readEncoding, whyNotKept } from '#dist/transports/rclone/name-encoding.js';

const ODD = Array.from('<>"\'`$:?*|#%\\[];\t\u0001\u007f ~.＜＂＇｀＄：？＊｜＃％＼［；␉␁␡␠～．／é🔬␀\u0085');
const NAMES = ODD.flatMap((odd) => [`a${odd}b`, `${odd}a`, `a${odd}`]);
/** Those that rclone 1.60 knows; SquareBracket and Semicolon came later. */
const FLAGS = [
  ...['LtGt', 'DoubleQuote', 'SingleQuote', 'BackQuote', 'Dollar', 'Colon', 'Question', 'Asterisk', 'Pipe', 'Hash'],
  ...['Percent', 'BackSlash', 'Del', 'Ctl', 'LeftSpace', 'LeftPeriod', 'LeftTilde', 'LeftCrLfHtVt', 'RightSpace'],
  ...['RightPeriod', 'RightCrLfHtVt'],
];

/** What the real rclone makes of the names on a disk with this encoding. */
async function stored(encoding: string): Promise<Set<string>> {
  const root = mkdtempSync(join(tmpdir(), 'nas-sync-encoding-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  const [from, to] = [join(root, 'from'), join(root, 'to')];
  await execa('mkdir', [from, to]);
  for (const name of NAMES) writeFileSync(join(from, name), 'x');
  const there = `:local,encoding="${encoding}":${to}`;
  const list = NAMES.map((name) => `${rcloneName(name)}\n`).join('');
  const args = ['copy', from, there, '--files-from-raw', '-', '--no-check-dest', '--config', '/dev/null'];
  await execa('rclone', args, { input: list });
  return new Set(readdirSync(to));
}

it.each(['Slash,Dot', ...FLAGS.map((flag) => `Slash,Dot,${flag}`)])(
  'foretells of every name whether rclone keeps it with %s',
  async (encoding) => {
    const arrived = await stored(encoding);
    const keeps = (name: string): boolean => whyNotKept(name, readEncoding(encoding)!) === null;

    expect(NAMES.filter((name) => keeps(name) && !arrived.has(name))).toEqual([]);
  },
);
