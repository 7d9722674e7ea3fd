import { isDeepStrictEqual } from 'node:util';
import { applyEdits, findNodeAtLocation, parseTree, type Edit, type Node } from 'jsonc-parser';
import { documentStyle, lineIndent, print, type JsonStyle } from './json-style.js';
import { valueWith, type JsonPath } from './json-value.js';

export interface JsonChange {
  /** Keys and array indexes from the top. `-1`, or an index past the end, appends. Missing parents are made. */
  readonly path: JsonPath;
  /** As JSON can hold it. `undefined` removes the key; array elements are never removed. */
  readonly value: unknown;
}

/**
 * Edits JSON text (without BOM) and leaves every other byte as it stands: unknown keys, order, number forms, white
 * space, line ends. A change that changes no value changes no byte. Throws an `Error` when a change does not fit the
 * document, or when its result would not read back as meant (a key that stands twice in one object).
 */
export function editJson(text: string, changes: readonly JsonChange[]): string {
  return changes.reduce(editOnce, text);
}

function editOnce(text: string, { path, value }: JsonChange): string {
  const before: unknown = JSON.parse(text);
  const after = valueWith(before, path, asJson(value));
  if (isDeepStrictEqual(before, after)) return text;
  const edited = applyEdits(text, [editFor(text, path, asJson(value))]);
  if (!isDeepStrictEqual(JSON.parse(edited), after)) {
    throw new Error(`"${path.join('.')}" cannot be changed safely, a key on its way stands there twice`);
  }
  return edited;
}

const asJson = (value: unknown): unknown => (value === undefined ? undefined : JSON.parse(JSON.stringify(value)));

function editFor(text: string, path: JsonPath, value: unknown): Edit {
  const tree = parseTree(text);
  if (tree === undefined) throw new Error('there is no JSON value');
  const style = documentStyle(text, tree);
  const node = findNodeAtLocation(tree, [...path]);
  if (node === undefined) return insertion(text, ...deepestParent(tree, path), value, style);
  return value === undefined ? removal(node) : replacement(text, node, value, style);
}

/** The deepest container on the path that is there, and the steps from it that are missing. */
function deepestParent(tree: Node, path: JsonPath): [parent: Node, missing: JsonPath] {
  for (let depth = path.length - 1; depth > 0; depth -= 1) {
    const parent = findNodeAtLocation(tree, path.slice(0, depth));
    if (parent !== undefined) return [parent, path.slice(depth)];
  }
  return [tree, path];
}

const replacement = (text: string, node: Node, value: unknown, style: JsonStyle): Edit => ({
  offset: node.offset,
  length: node.length,
  content: print(value, style, lineIndent(text, node.offset)),
});

/** A key with its value and one comma. */
function removal(node: Node): Edit {
  const member = node.parent;
  const siblings = member?.parent?.children;
  if (member === undefined || siblings === undefined) throw new Error('only a key can be removed');
  const at = siblings.indexOf(member);
  const previous = siblings[at - 1];
  const start = previous === undefined ? member.offset : previous.offset + previous.length;
  const next = previous === undefined ? siblings[at + 1] : undefined;
  return { offset: start, length: (next?.offset ?? member.offset + member.length) - start, content: '' };
}

/** Not jsonc-parser's `modify`, which formats the whole line anew: in a one-line record, that is all of it. */
function insertion(text: string, parent: Node, missing: JsonPath, value: unknown, style: JsonStyle): Edit {
  const [key, ...deeper] = missing;
  const inner = valueWith(undefined, deeper, value);
  const last = parent.children?.at(-1);
  if (last === undefined) return replacement(text, parent, valueWith(undefined, [key ?? -1], inner), style);
  const gap = spaceBefore(text, last.offset);
  const label = typeof key === 'string' ? `${JSON.stringify(key)}: ` : '';
  const indent = gap.includes('\n') ? gap.replace(/^\r?\n/, '') : undefined;
  const content = `,${gap}${label}${print(inner, style, indent)}`;
  return { offset: last.offset + last.length, length: 0, content };
}

/** The white space before `offset`, without blank lines. */
function spaceBefore(text: string, offset: number): string {
  const head = text.slice(0, offset);
  const gap = head.slice(head.trimEnd().length);
  const lineBreaks = gap.match(/\r?\n/g);
  return lineBreaks === null ? gap : (lineBreaks.at(-1) ?? '') + gap.slice(gap.lastIndexOf('\n') + 1);
}
