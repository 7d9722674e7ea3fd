import { leftoverRule, type Span } from './placeholder-rule.js';
import type { Rule, TextFacts } from './rule.js';

const PLACEHOLDER = /<([A-Za-z_][A-Za-z0-9_]*)>/g;
const END_TAG = /<\/([A-Za-z_][A-Za-z0-9_]*)\s*>/g;

function* placeholders(text: string): Generator<Span> {
  for (const match of text.matchAll(PLACEHOLDER)) yield { text: match[0], at: match.index };
}

/** In XML `<sample>` is an element where there is a `</sample>`; nobody closes a placeholder. */
function* inXml(text: string): Generator<Span> {
  const closed = new Set(Array.from(text.matchAll(END_TAG), ([, name]) => name));
  for (const span of placeholders(text)) if (!closed.has(span.text.slice(1, -1))) yield span;
}

const isXml = ({ path }: TextFacts): boolean => path.toLowerCase().endsWith('.xml');

export const unresolvedPlaceholderToken: Rule = leftoverRule('unresolved_placeholder_token', 'the placeholder', {
  inName: placeholders,
  inText: (facts) => (isXml(facts) ? inXml(facts.text) : placeholders(facts.text)),
});
