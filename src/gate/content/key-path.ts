import { isMap, isNode, isSeq, parseDocument, type Pair } from 'yaml';

/** Far more than anybody writes; more would hold up everything else for seconds. */
const MOST_CHARACTERS = 256 * 1024;

/**
 * Tells which key stands at an offset, such as `sample.tags[1]`; `null` where there is none. Leftover markers are seldom
 * valid YAML: what the parser makes of the text in spite of its errors is good enough to find one's way.
 */
export function keyFinder(yaml: string): (offset: number) => string | null {
  let contents: unknown;
  return (offset) => {
    if (contents === undefined) contents = parsed(yaml);
    return keyAt(contents, yaml, offset);
  };
}

const parsed = (yaml: string): unknown =>
  yaml.length > MOST_CHARACTERS
    ? null
    : parseDocument(yaml, { prettyErrors: false, uniqueKeys: false, logLevel: 'silent' }).contents;

function keyAt(contents: unknown, yaml: string, offset: number): string | null {
  let path = '';
  for (let node = contents; ;) {
    const step = isMap(node) ? stepOfMap(node.items, yaml, offset) : isSeq(node) ? stepOfSeq(node.items, offset) : null;
    if (step === null) return path === '' ? null : path;
    path += step.name.startsWith('[') || path === '' ? step.name : `.${step.name}`;
    node = step.node;
  }
}

interface Step {
  readonly name: string;
  readonly node: unknown;
}

function stepOfMap(pairs: readonly Pair[], yaml: string, offset: number): Step | null {
  const pair = pairs.findLast(({ key }) => startOf(key) <= offset);
  return pair === undefined ? null : { name: sourceOf(pair.key, yaml), node: pair.value };
}

function stepOfSeq(items: readonly unknown[], offset: number): Step | null {
  const index = items.findLastIndex((item) => startOf(item) <= offset);
  return index === -1 ? null : { name: `[${index}]`, node: items[index] };
}

const startOf = (node: unknown): number => (isNode(node) ? (node.range?.[0] ?? Infinity) : Infinity);

const sourceOf = (node: unknown, yaml: string): string =>
  isNode(node) && node.range ? yaml.slice(node.range[0], node.range[1]) : '';
