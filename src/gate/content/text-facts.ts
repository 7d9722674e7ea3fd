import type { TextFacts } from '../rules/rule.js';
import { isYamlTooDeep } from '../../run/nesting.js';
import { frontMatterOf } from './front-matter.js';
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
