/** A BOM is no part of the first line. */
const OPENS = /^\ufeff?---[ \t]*(?:\r?\n|$)/;
const CLOSES = /^(?:---|\.\.\.)[ \t]*\r?$/m;

/** The YAML between the two `---` of a Markdown file; `null` without a first one. */
export function frontMatterOf(markdown: string): { readonly yaml: string; readonly closed: boolean } | null {
  const opening = OPENS.exec(markdown)?.[0];
  if (opening === undefined) return null;
  const rest = markdown.slice(opening.length);
  const end = CLOSES.exec(rest)?.index;
  return end === undefined ? { yaml: rest, closed: false } : { yaml: rest.slice(0, end), closed: true };
}
