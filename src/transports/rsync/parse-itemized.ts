import { isUtf8 } from 'node:buffer';
import { posix } from 'node:path';
import { printable } from '../../run/printable.js';
import { plainBytes, plainName } from './parse-output.js';
import type { ServerListing } from './remote.js';

/** No name holds two slashes in a row, so what follows them is no part of it. */
export const LIST_FORMAT = '%i %l %n//%L';

const ITEM = /^(?<item>[<>ch.*][fdLDS].{9}) (?<size>\d+) (?<name>.*?)\/\/(?<rest>.*)$/u;
const VERDICT = /^(?<item>[<>ch.][fdLDS].{9}) (?<name>.*)$/u;
const LINK = ' -> ';
const RECORD_FOLDER = '.exlab-wizard';

/**
 * Lets through a place below the top, the folders that lead to it, and nothing else; its record folder least of all, and
 * no folder of these names below it.
 */
export function placeFilters(target: string, volatile: readonly string[] = []): string[] {
  const steps = target.split('/');
  const onTheWay = steps.map((_, index) => `--include=${pattern(`/${steps.slice(0, index + 1).join('/')}/`)}`);
  const record = `--exclude=${pattern(`/${target}/${RECORD_FOLDER}`)}`;
  const opaque = volatile.map((name) => `--exclude=${escaped(`/${target}/`)}**/${name}/`);
  const atTop = volatile.map((name) => `--exclude=${escaped(`/${target}/`)}${name}/`);
  return [record, ...atTop, ...opaque, ...onTheWay, `--include=${escaped(`/${target}/`)}**`, '--exclude=*'];
}

/** rsync takes a backslash for one as long as the whole pattern has no wildcard, and for an escape where it has one. */
const pattern = (path: string): string => (/[*?[]/u.test(path) ? escaped(path) : path);

const escaped = (path: string): string => path.replaceAll(/[\\*?[]/gu, String.raw`\$&`);

type Mutable = {
  folders: string[];
  links: { path: string; linkTo: string }[];
  files: Map<string, number>;
  others: string[];
};

/** What a dry run says it would bring, as what stands there. `there`: the place itself was among it. */
export function parseItemized(lines: readonly string[], target = ''): (ServerListing & { there: boolean }) | null {
  const found: Mutable = { folders: [], links: [], files: new Map(), others: [] };
  let there = target === '';
  for (const line of lines) {
    const item = itemOf(line);
    if (item === null) return null;
    const path = below(target, item.name.toString('utf8').replace(/\/$/u, ''));
    if (path === '') there = true;
    else if (path !== null) put(found, item, path);
  }
  return { ...found, partials: false, there };
}

/** With `-ii` every list begins with the top itself; one without it is no answer at all. */
export const namesTop = (lines: readonly string[]): boolean =>
  lines.some((line) => itemOf(line)?.name.toString() === '.');

interface Item {
  readonly kind: string;
  readonly size: number;
  readonly name: Buffer;
  readonly linkTo: Buffer;
}

function itemOf(line: string): Item | null {
  const { item = '', size, name, rest = '' } = ITEM.exec(line)?.groups ?? {};
  if (size === undefined || name === undefined) return null;
  const linkTo = rest.startsWith(LINK) ? rest.slice(LINK.length) : '';
  return { kind: item[1] ?? '', size: Number(size), name: plainBytes(name), linkTo: plainBytes(linkTo) };
}

function put({ folders, links, files, others }: Mutable, { kind, size, name, linkTo }: Item, path: string): void {
  if (!isUtf8(name) || !isUtf8(linkTo)) others.push(printable(name));
  else if (kind === 'd') folders.push(path);
  else if (kind === 'f') files.set(path, size);
  else if (kind === 'L') links.push({ path, linkTo: linkTo.toString('utf8') });
  else others.push(printable(path));
}

/** `null`: on the way to the place, or beside it. */
function below(target: string, path: string): string | null {
  if (target === '') return path === '.' ? '' : path;
  if (path === target) return '';
  return path.startsWith(`${target}/`) ? path.slice(target.length + 1) : null;
}

/** Per file: `true` where a comparison by content found nothing to send. */
export function parseVerdicts(lines: readonly string[]): Map<string, boolean> {
  const verdicts = new Map<string, boolean>();
  for (const line of lines) {
    const { item = '', name = '' } = VERDICT.exec(line)?.groups ?? {};
    if (item[1] === 'f') verdicts.set(posix.normalize(plainName(name)), item[0] === '.' && item[2] !== 'c');
  }
  return verdicts;
}
