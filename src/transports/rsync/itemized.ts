import { isUtf8 } from 'node:buffer';
import { posix } from 'node:path';
import { printable } from '../../run/display.js';
import type { PlaceListing } from './remote.js';
import { plainBytes, plainName } from './rsync-output.js';

/** No name holds two slashes in a row, so what follows them is no part of it. */
export const LIST_FORMAT = '%i %l %n//%L';

const ITEM = /^(?<item>[<>ch.*][fdLDS].{9}) (?<size>\d+) (?<name>.*?)\/\/(?<rest>.*)$/u;
const VERDICT = /^(?<item>[<>ch.][fdLDS].{9}) (?<name>.*)$/u;
const LINK = ' -> ';
const RECORD_FOLDER = '.exlab-wizard';

/** Lets through a place below the top, the folders that lead to it, and nothing else; its record folder least of all. */
export function placeFilters(target: string): string[] {
  const steps = target.split('/');
  const onTheWay = steps.map((_, index) => `--include=/${pattern(steps.slice(0, index + 1).join('/'))}/`);
  const place = pattern(target);
  return [`--exclude=/${place}/${RECORD_FOLDER}`, ...onTheWay, `--include=/${place}/**`, '--exclude=*'];
}

/** rsync takes a backslash for one unless the pattern has a wildcard. */
const pattern = (path: string): string => (/[*?[]/u.test(path) ? path.replaceAll(/[\\*?[]/gu, String.raw`\$&`) : path);

/** What a dry run says it would bring, as what stands there. `there`: the place itself was among it. */
export function parseItemized(lines: readonly string[], target = ''): (PlaceListing & { there: boolean }) | null {
  const folders: string[] = [];
  const links: { path: string; linkTo: string }[] = [];
  const files = new Map<string, number>();
  const others: string[] = [];
  let there = target === '';
  for (const line of lines) {
    const groups = ITEM.exec(line)?.groups;
    if (groups === undefined) return null;
    const bytes = plainBytes(groups['name'] ?? '');
    const path = below(target, bytes.toString('utf8').replace(/\/$/u, ''));
    if (path === '') there = true;
    if (path === null || path === '') continue;
    const kind = groups['item']?.[1];
    const linkTo = plainBytes(groups['rest'] ?? '');
    if (!isUtf8(bytes) || !isUtf8(linkTo)) others.push(printable(bytes));
    else if (kind === 'd') folders.push(path);
    else if (kind === 'f') files.set(path, Number(groups['size']));
    else if (kind === 'L') links.push({ path, linkTo: linkTo.toString('utf8').slice(LINK.length) });
    else others.push(printable(path));
  }
  return { folders, links, files, others, partials: false, there };
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
