import { byCodePoint } from '../../run/code-point-order.js';
import { printable } from '../../run/printable.js';
import type { Finding } from '../validator.js';
import type { Facts, Found, Rule } from './rule.js';

interface Kept extends Found {
  readonly rule: Rule;
  /** What a sort by path and message leaves open: the rule's place, what it looked at, how far into it. */
  readonly rank: readonly number[];
}

const ABOUT: readonly (keyof Facts)[] = ['run', 'name', 'folder', 'refusal', 'text'];

/** What rules find, in an order that does not depend on the order of the walk. */
export class Gathered {
  readonly #rules: readonly Rule[];
  readonly #way: Kept[] = [];
  readonly #inside: Kept[] = [];

  constructor(rules: readonly Rule[]) {
    this.#rules = rules;
  }

  /** What is found on the way down to the run comes before all that is in it. */
  onTheWay<About extends keyof Facts>(about: About, facts: Facts[About]): void {
    this.#keep(this.#way, about, facts);
  }

  inside<About extends keyof Facts>(about: About, facts: Facts[About]): void {
    this.#keep(this.#inside, about, facts);
  }

  /** By path, then by rule. */
  findings(): Finding[] {
    return [...this.#way.toSorted(inOrder), ...this.#inside.toSorted(inOrder)].map(({ rule, path, message }) => ({
      rule: rule.name,
      tier: rule.tier,
      subject: printable(path),
      message,
      overriddenBy: null,
    }));
  }

  #keep<About extends keyof Facts>(into: Kept[], about: About, facts: Facts[About]): void {
    this.#rules.forEach((rule, place) => {
      const found = rule.checks[about]?.(facts) ?? [];
      found.forEach((one, index) => into.push({ ...one, rule, rank: [place, ABOUT.indexOf(about), index] }));
    });
  }
}

function inOrder(a: Kept, b: Kept): number {
  const byRank = a.rank.map((rank, index) => rank - (b.rank[index] ?? 0)).find((difference) => difference !== 0);
  return byCodePoint(a.path, b.path) || (byRank ?? byCodePoint(a.message, b.message));
}
