import type { Box } from '#dist/machines/diagrams/svg/geometry.js';
import { boldWidth, monoWidth, sansWidth } from '#dist/machines/diagrams/svg/text.js';

const ENTITIES: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'",
};
export const decode = (text: string): string => text.replace(/&[^;]+;/g, (entity) => ENTITIES[entity] ?? entity);

export interface Span {
  readonly kind: string;
  readonly text: string;
}

export interface TextBox extends Box {
  readonly text: string;
}

export const spansOf = (markup: string): Span[] =>
  [...markup.matchAll(/<tspan class="([^"]+)"[^>]*>([^<]*)<\/tspan>/g)].map(([, kind, text]) => ({
    kind: kind!,
    text: decode(text!),
  }));

function spanWidth({ kind, text }: Span): number {
  if (kind === 'event') return monoWidth(text, 13);
  return kind === 'name' ? boldWidth(text, 16) : sansWidth(text, 13);
}

/** All texts of a picture with the room that they may take. */
export const textBoxes = (svg: string): TextBox[] =>
  [...svg.matchAll(/<text x="([^"]+)" y="([^"]+)">(.*?)<\/text>/g)].map(([, x, y, markup]) => {
    const spans = spansOf(markup!);
    const gaps = [...markup!.matchAll(/dx="([^"]+)"/g)].reduce((sum, [, dx]) => sum + Number(dx), 0);
    const width = spans.reduce((sum, span) => sum + spanWidth(span), gaps);
    return { x: Number(x), y: Number(y) - 11, width, height: 14, text: spans.map(({ text }) => text).join(' ') };
  });

/** The elements that an XML parser would complain about. */
export function unclosed(xml: string): string[] {
  const open: string[] = [];
  const wrong: string[] = [];
  for (const [, end, name, empty] of xml.matchAll(/<(\/?)([a-z]+)(?:\s[\w:-]+="[^"<>]*")*(\/?)>/g)) {
    if (end === '/' && open.pop() !== name) wrong.push(name!);
    if (end === '' && empty === '') open.push(name!);
  }
  const rest = xml.replace(/<\/?[a-z]+(?:\s[\w:-]+="[^"<>]*")*\/?>/g, '');
  return [...open, ...wrong, ...(rest.match(/[<>]|&(?!(amp|lt|gt|quot|#39);)/g) ?? [])];
}
