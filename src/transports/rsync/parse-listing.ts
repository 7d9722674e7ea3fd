import { isUtf8 } from 'node:buffer';
import { printable } from '../../run/printable.js';
import type { ServerListing } from './remote.js';

const NUL = 0;
const COUNT = /^\d+$/u;

/** Reads the answer of the list script; `null` for one that is cut off or not in its form. */
export function parseListing(answer: Buffer): ServerListing | null {
  const items = new Items(answer);
  const others: string[] = [];
  const folders = named(items.list(), others);
  const linkItems = items.list();
  const special = items.list();
  const files = filesOf(items, others);
  if (folders === null || linkItems === null || special === null || files === null) return null;
  const links = linksOf(linkItems, others);
  others.push(...special.map((name) => printable(belowHere(name))));
  const last = items.next()?.toString() ?? '';
  const partials = last === 'partials';
  if ((partials ? items.next()?.toString() : last) !== 'end') return null;
  return { folders: folders.filter((folder) => folder !== '.'), links, files, others, partials };
}

/** Items that each end with NUL. */
class Items {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  next(): Buffer | null {
    const end = this.#bytes.indexOf(NUL, this.#at);
    if (end === -1) return null;
    const item = this.#bytes.subarray(this.#at, end);
    this.#at = end + 1;
    return item;
  }

  /** The items before the next empty one. */
  list(): Buffer[] | null {
    const items: Buffer[] = [];
    for (let item = this.next(); item !== null; item = this.next()) {
      if (item.length === 0) return items;
      items.push(item);
    }
    return null;
  }

  /** So many items, empty ones too. */
  take(count: number): Buffer[] | null {
    const items: Buffer[] = [];
    for (let item = this.next(); item !== null; item = this.next()) {
      items.push(item);
      if (items.length === count) return items;
    }
    return null;
  }
}

const belowHere = (name: Buffer): Buffer => (name.subarray(0, 2).toString() === './' ? name.subarray(2) : name);

/** Names that are not UTF-8 can be no names of the run's. */
function named(names: Buffer[] | null, others: string[]): string[] | null {
  return (
    names?.flatMap((name) => {
      const path = belowHere(name);
      if (isUtf8(path)) return [path.toString('utf8')];
      others.push(printable(path));
      return [];
    }) ?? null
  );
}

function linksOf(items: readonly Buffer[], others: string[]): { path: string; linkTo: string }[] {
  const links: { path: string; linkTo: string }[] = [];
  for (let at = 0; at + 1 < items.length; at += 2) {
    const path = belowHere(items[at] ?? Buffer.alloc(0));
    const linkTo = items[at + 1] ?? Buffer.alloc(0);
    if (isUtf8(path) && isUtf8(linkTo)) links.push({ path: path.toString('utf8'), linkTo: linkTo.toString('utf8') });
    else others.push(printable(path));
  }
  return links;
}

/** Batches, until an empty item ends them. */
function filesOf(items: Items, others: string[]): Map<string, number> | null {
  const files = new Map<string, number>();
  for (let head = items.next(); head !== null; head = items.next()) {
    if (head.length === 0) return files;
    const batch = batchOf(items, numberIn(head));
    if (batch === null) return null;
    for (const { name, size } of batch) {
      for (const path of named([name], others) ?? []) files.set(path, size);
    }
  }
  return null;
}

/** So many sizes, then so many names. */
function batchOf(items: Items, count: number | null): { name: Buffer; size: number }[] | null {
  if (count === null || count === 0) return null;
  const sizes = items.take(count)?.map(numberIn);
  const names = items.take(count);
  const batch = names?.flatMap((name, index) => {
    const size = sizes?.[index] ?? null;
    return size === null ? [] : [{ name, size }];
  });
  return batch?.length === count ? batch : null;
}

function numberIn(item: Buffer): number | null {
  const text = item.toString();
  return COUNT.test(text) ? Number(text) : null;
}
