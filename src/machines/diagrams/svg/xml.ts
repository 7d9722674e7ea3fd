const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** XML has no way to write most control characters, not even escaped. */
const UNWRITABLE =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** Any text as XML text or as an attribute's value. */
export const escapeXml = (text: string): string =>
  text.replace(UNWRITABLE, '\ufffd').replace(/[&<>"']/g, (character) => ENTITIES[character]!);

type Attributes = Readonly<Record<string, string | number>>;

/** One element; `content` is XML already. */
export function element(name: string, attributes: Attributes, content?: string): string {
  const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${escapeXml(String(value))}"`);
  return content === undefined ? `<${name}${written.join('')}/>` : `<${name}${written.join('')}>${content}</${name}>`;
}

/** Words in one style each. */
export type Run = readonly [kind: string, text: string];

/** A line of text with its baseline at `y`; its runs follow each other, `gap` apart, whatever the font. */
export function textAt(x: number, y: number, runs: readonly Run[], gap = 0): string {
  const spans = runs.map(([kind, text], index) =>
    element('tspan', index === 0 ? { class: kind } : { class: kind, dx: gap }, escapeXml(text)),
  );
  return element('text', { x: tidy(x), y: tidy(y) }, spans.join(''));
}

/** Coordinates with one digit after the point, so that the file stays small and its diffs readable. */
export const tidy = (value: number): number => Math.round(value * 10) / 10;
