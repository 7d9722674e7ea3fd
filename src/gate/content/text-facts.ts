import { isYamlTooDeep } from '../../run/nesting.js';
import type { TextFacts } from '../rules/rule.js';
import { keyFinder } from './key-path.js';

const noKey = (): null => null;

/** What the rules see of a rendered file's content. Front matter that never closes has no end, and is not looked into. */
export function textFacts(path: string, content: string): TextFacts {
  if (!path.toLowerCase().endsWith('.md')) return { path, text: content, firstLine: 1, part: 'whole', keyAt: noKey };
  const frontMatter = frontMatterOf(content);
  if (frontMatter === null) return { path, text: '', firstLine: 1, part: 'none', keyAt: noKey };
  const { yaml, closed } = frontMatter;
  if (!closed) return { path, text: '', firstLine: 2, part: 'unclosed front matter', keyAt: noKey };
  // Its parser works level by level on the stack. What is written there is searched all the same.
  if (isYamlTooDeep(yaml)) return { path, text: yaml, firstLine: 2, part: 'too deep front matter', keyAt: noKey };
  return { path, text: yaml, firstLine: 2, part: 'front matter', keyAt: keyFinder(yaml) };
}

/** A BOM is no part of the first line. */
const OPENS = /^\ufeff?---[ \t]*(?:\r?\n|$)/;
const CLOSES = /^(?:---|\.\.\.)[ \t]*\r?$/m;

/** The YAML between the two `---` of a Markdown file; `null` without a first one. */
function frontMatterOf(markdown: string): { readonly yaml: string; readonly closed: boolean } | null {
  const opening = OPENS.exec(markdown)?.[0];
  if (opening === undefined) return null;
  const rest = markdown.slice(opening.length);
  const end = CLOSES.exec(rest)?.index;
  return end === undefined ? { yaml: rest, closed: false } : { yaml: rest.slice(0, end), closed: true };
}
