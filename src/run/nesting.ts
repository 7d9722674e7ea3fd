/** Far more than anybody writes. Parsers and writers of text work level by level on the stack, which ends. */
export const MOST_LEVELS = 200;

/** Whether lists and objects lie within each other deeper than that. Without recursion: it looks at foreign values. */
export function isTooDeep(value: unknown): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > MOST_LEVELS) return true;
    const next: unknown[] = [];
    for (const one of level) {
      if (typeof one !== 'object' || one === null) continue;
      for (const held of Object.values(one)) if (typeof held === 'object' && held !== null) next.push(held);
    }
    level = next;
  }
  return false;
}

/** The same of YAML before it is parsed: `- - -` in one line, `[[[` and `{{{` anywhere. A guess that errs to the deep side. */
export function isYamlTooDeep(yaml: string): boolean {
  let open = 0;
  let inLine = 0;
  for (const [token] of yaml.matchAll(/\n|[-?:](?=[ \t\r\n]|$)|[[{\]}]/gu)) {
    if (token === '\n') inLine = 0;
    else if (token === ']' || token === '}') open = Math.max(0, open - 1);
    else if (token === '[' || token === '{') open += 1;
    else inLine += 1;
    if (open > MOST_LEVELS || inLine > MOST_LEVELS) return true;
  }
  return false;
}
