import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, type Document, type Node, type Pair } from 'yaml';
import { yamlNames } from './key-case.js';
import { pathKey, type KeyPath, type Problem } from './problems.js';

/** A YAML text as a plain value with the schema's keys, and the line of each of them. */
export interface YamlFile {
  readonly value: unknown;
  readonly problems: readonly Problem[];
  /** The line of a key, or of the nearest thing around it. */
  readonly lineOf: (path: KeyPath) => number;
}

/** Far more than anybody writes, and far less than a file needs that repeats itself until memory ends. */
const MOST_ALIASES = 100;

class Reader {
  readonly problems: Problem[] = [];
  readonly lines = new Map<string, number>();
  readonly #document: Document;
  readonly #counter: LineCounter;
  #aliases = 0;

  constructor(document: Document, counter: LineCounter) {
    this.#document = document;
    this.#counter = counter;
  }

  read(node: unknown, path: KeyPath): unknown {
    if (isAlias(node)) return this.#follow(node.resolve(this.#document), path);
    if (isMap(node)) return this.#readMap(node.items, path);
    if (isSeq(node)) return node.items.map((item, index) => this.#readChild(item, item, [...path, index]));
    return isScalar(node) ? node.value : null;
  }

  #readChild(place: unknown, node: unknown, path: KeyPath): unknown {
    const offset = (place as Node | null)?.range?.[0];
    if (offset !== undefined) this.lines.set(pathKey(path), this.#counter.linePos(offset).line);
    return this.read(node, path);
  }

  #readMap(pairs: readonly Pair[], path: KeyPath): Record<string, unknown> {
    const map: Record<string, unknown> = {};
    for (const { key: keyNode, value } of pairs) {
      const name = isScalar(keyNode) ? String(keyNode.value) : 'a list or map';
      const key = yamlNames.toSchema(name);
      const here = [...path, key];
      if (Object.hasOwn(map, key)) this.problems.push({ path: here, message: this.#twice(here) });
      map[key] = this.#readChild(keyNode, value, here);
    }
    return map;
  }

  #twice(path: KeyPath): string {
    return `is given twice, first in line ${this.lines.get(pathKey(path)) ?? 0}`;
  }

  #follow(target: unknown, path: KeyPath): unknown {
    this.#aliases += 1;
    if (this.#aliases <= MOST_ALIASES) return this.read(target, path);
    this.problems.push({ path: [], message: `more than ${MOST_ALIASES} aliases` });
    return null;
  }
}

function nearest(lines: ReadonlyMap<string, number>, path: KeyPath): number {
  const line = lines.get(pathKey(path));
  if (line !== undefined || path.length === 0) return line ?? 1;
  return nearest(lines, path.slice(0, -1));
}

const TOO_DEEP = 'is nested too deep to be read';

/** Reads a text that may be anything: what is not YAML becomes a problem, never an exception. */
export function readYaml(text: string): YamlFile {
  try {
    return readParsed(text);
  } catch (error) {
    // Its parser works level by level on the stack.
    if (!(error instanceof RangeError)) throw error;
    return { value: null, problems: [{ path: [], message: TOO_DEEP }], lineOf: () => 1 };
  }
}

/** The parser calls the end of its stack a fault of the text. */
const faultMessage = ({ message }: Error): string =>
  message.includes('call stack') ? TOO_DEEP : `is not YAML: ${message}`;

function readParsed(text: string): YamlFile {
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter, prettyErrors: false, uniqueKeys: false });
  const [fault] = [...document.errors, ...document.warnings];
  if (fault) {
    const { line } = counter.linePos(fault.pos[0]);
    return { value: null, problems: [{ path: [], message: faultMessage(fault) }], lineOf: () => line };
  }
  const reader = new Reader(document, counter);
  const value = reader.read(document.contents, []);
  return { value, problems: reader.problems, lineOf: (path) => nearest(reader.lines, path) };
}
