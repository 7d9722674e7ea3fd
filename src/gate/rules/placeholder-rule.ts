import { excerpt, quoted, type NameFacts, type Rule, type TextFacts } from './rule.js';

export interface Span {
  readonly text: string;
  readonly at: number;
}

/** Enough to see what went wrong with a file; when these are fixed, the next ones show. */
const MOST_OF_A_FILE = 20;
const MOST_LOOKED_AT = 1000;

/** Hard: something that a template should have replaced, in a name or in what a template rendered. */
export const leftoverRule = (
  name: string,
  what: string,
  { inName, inText }: { inName: (name: string) => Iterable<Span>; inText: (facts: TextFacts) => Iterable<Span> },
): Rule => ({
  name,
  tier: 'hard',
  checks: {
    name: (facts: NameFacts) =>
      eachOnce(inName(facts.name), ({ text }) => text).map(({ text }) => ({
        path: facts.path,
        message: `the name of ${quoted(facts.path)} holds ${what} ${excerpt(text)}: rename it`,
      })),
    text: (facts: TextFacts) =>
      eachOnce(inText(facts), ({ text, at }) => `${facts.keyAt(at) ?? ''}\n${text}`).map(({ text, at }) => ({
        path: facts.path,
        message: `${placeOf(facts, at)} holds ${what} ${excerpt(text)}: put there what it stands for`,
      })),
  },
});

function eachOnce(spans: Iterable<Span>, keyOf: (span: Span) => string): Span[] {
  const first = new Map<string, Span>();
  let looked = 0;
  for (const span of spans) {
    const key = keyOf(span);
    if (!first.has(key)) first.set(key, span);
    looked += 1;
    if (first.size === MOST_OF_A_FILE || looked === MOST_LOOKED_AT) break;
  }
  return [...first.values()];
}

function placeOf({ path, text, firstLine, keyAt }: TextFacts, at: number): string {
  const key = keyAt(at);
  return `line ${firstLine + newlinesBefore(text, at)} of ${quoted(path)}${key === null ? '' : `, at ${excerpt(key)} of its front matter,`}`;
}

function newlinesBefore(text: string, end: number): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at !== -1 && at < end; at = text.indexOf('\n', at + 1)) count += 1;
  return count;
}
