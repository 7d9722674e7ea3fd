import { leftoverRule, type Span } from './placeholder-rule.js';
import type { Rule } from './rule.js';

const MARKERS = [
  { open: '{{', stop: '}', close: '}}' },
  { open: '{%', stop: '%', close: '%}' },
] as const;

/** `\{\{[^}]*\}\}` and `\{%[^%]*%\}`, in time that grows with the text and not with its square. */
function* markers(text: string): Generator<Span> {
  for (const { open, stop, close } of MARKERS) {
    let at = text.indexOf(open);
    while (at !== -1) {
      const end = text.indexOf(stop, at + open.length);
      if (end === -1) break;
      const closed = text.startsWith(close, end);
      if (closed) yield { text: text.slice(at, end + close.length), at };
      at = text.indexOf(open, closed ? end + close.length : end - 1);
    }
  }
}

export const leftoverJinjaMarker: Rule = leftoverRule('leftover_jinja_marker', 'the template marker', {
  inName: markers,
  inText: ({ text }) => markers(text),
});
