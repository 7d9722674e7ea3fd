import { isDeepStrictEqual } from 'node:util';
import { applyEdits, findNodeAtLocation, parseTree, type Edit, type Node } from 'jsonc-parser';

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

/** How a document is laid out; `unit` is one level of indent. On one line: `undefined`. */
export type JsonStyle = { readonly unit: string; readonly lineEnd: string } | undefined;

const DEFAULT_UNIT = '  ';

/** Read off the space before the document's first key or element. */
function documentStyle(text: string, tree: Node): JsonStyle {
  const first = tree.children?.[0];
  const gap = text.slice(tree.offset + 1, first?.offset ?? tree.offset + tree.length - 1);
  const lineEnd = /\r?\n/.exec(gap)?.[0];
  if (lineEnd === undefined) return undefined;
  const indent = first === undefined ? '' : gap.slice(gap.lastIndexOf('\n') + 1);
  return { unit: indent === '' ? DEFAULT_UNIT : indent, lineEnd };
}

/** The white space that begins the line in which `offset` lies. */
function lineIndent(text: string, offset: number): string {
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  return /^[ \t]*/.exec(text.slice(start, offset))?.[0] ?? '';
}

/**
 * A value as JSON text in the given style, its lines after the first indented by `indent`; on one line without
 * `indent`.
 */
function print(value: unknown, style: JsonStyle, indent: string | undefined): string {
  if (style === undefined || indent === undefined) return JSON.stringify(value);
  return JSON.stringify(value, null, style.unit).replaceAll('\n', style.lineEnd + indent);
}

export type JsonPath = readonly (string | number)[];

/**
 * `target` with `value` at `path`, as a new value; parents that are missing are made. `undefined` removes a key.
 * Throws an `Error` when a step of the path meets something that cannot have it.
 */
function valueWith(target: unknown, path: JsonPath, value: unknown): unknown {
  const [step, ...deeper] = path;
  if (step === undefined) return value;
  if (target === undefined && value === undefined) return undefined;
  if (typeof step === 'number') return elementWith(target === undefined ? [] : target, step, deeper, value);
  return memberWith(target === undefined ? {} : target, step, deeper, value);
}

function elementWith(target: unknown, step: number, deeper: JsonPath, value: unknown): unknown {
  if (!Array.isArray(target)) throw new Error(`element ${step} was to be set in ${kindOf(target)}`);
  if (value === undefined && deeper.length === 0) throw new Error('elements of a list are never removed');
  const at = step < 0 || step > target.length ? target.length : step;
  const element = valueWith(target[at], deeper, value);
  return element === undefined ? target : target.toSpliced(at, 1, element);
}

function memberWith(target: unknown, key: string, deeper: JsonPath, value: unknown): unknown {
  if (!isObject(target)) throw new Error(`"${key}" was to be set in ${kindOf(target)}`);
  const member = valueWith(Object.hasOwn(target, key) ? target[key] : undefined, deeper, value);
  if (member !== undefined) return { ...target, [key]: member };
  return Object.fromEntries(Object.entries(target).filter(([other]) => other !== key));
}

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
