import type { Node } from 'jsonc-parser';

/** How a document is laid out; `unit` is one level of indent. On one line: `undefined`. */
export type JsonStyle = { readonly unit: string; readonly lineEnd: string } | undefined;

const DEFAULT_UNIT = '  ';

/** Read off the space before the document's first key or element. */
export function documentStyle(text: string, tree: Node): JsonStyle {
  const first = tree.children?.[0];
  const gap = text.slice(tree.offset + 1, first?.offset ?? tree.offset + tree.length - 1);
  const lineEnd = /\r?\n/.exec(gap)?.[0];
  if (lineEnd === undefined) return undefined;
  const indent = first === undefined ? '' : gap.slice(gap.lastIndexOf('\n') + 1);
  return { unit: indent === '' ? DEFAULT_UNIT : indent, lineEnd };
}

/** The white space that begins the line in which `offset` lies. */
export function lineIndent(text: string, offset: number): string {
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  return /^[ \t]*/.exec(text.slice(start, offset))?.[0] ?? '';
}

/**
 * A value as JSON text in the given style, its lines after the first indented by `indent`; on one line without
 * `indent`.
 */
export function print(value: unknown, style: JsonStyle, indent: string | undefined): string {
  if (style === undefined || indent === undefined) return JSON.stringify(value);
  return JSON.stringify(value, null, style.unit).replaceAll('\n', style.lineEnd + indent);
}
