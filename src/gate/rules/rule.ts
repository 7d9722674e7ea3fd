import type { RunEntry, Refusal } from '../../run/entry.js';
import { printable } from '../../run/printable.js';
import type { RunRecord } from '../../run/record/record.js';
import type { Finding } from '../validator.js';

/** One name below the root: a folder on the way down to the run, or anything in the run. */
export interface NameFacts {
  readonly name: string;
  /** Relative to the run and separated by `/`; on the way down to the run: absolute. */
  readonly path: string;
  /** `refused`: something that cannot be copied or read. */
  readonly kind: RunEntry['kind'] | 'refused';
}

/** The run itself. */
export interface RunFacts {
  readonly record: RunRecord;
  /** The run's own folder. */
  readonly leaf: NameFacts;
  /** The folder that it stands in, even where that is the root. */
  readonly parent: NameFacts;
}

/** All names that one folder of the run holds, in no order. */
export interface FolderFacts {
  /** Relative to the run; empty for the run itself, whose names include the run's own `.exlab-wizard`. */
  readonly path: string;
  readonly names: readonly string[];
}

/** What is to be read of one file that a template rendered. */
export interface TextFacts {
  readonly path: string;
  /** The front matter of Markdown; the whole of any other file. */
  readonly text: string;
  /** Where `text` begins in the file. */
  readonly firstLine: number;
  /** Which part of the file `text` is; of Markdown `none` where it has no front matter. */
  readonly part: 'whole' | 'front matter' | 'unclosed front matter' | 'too deep front matter' | 'none';
  /** In front matter: the path of the key at this offset of `text`, such as `sample.tags[1]`. */
  readonly keyAt: (offset: number) => string | null;
}

/** What rules look at, one thing at a time. */
export interface Facts {
  readonly run: RunFacts;
  readonly name: NameFacts;
  readonly folder: FolderFacts;
  readonly refusal: Refusal;
  readonly text: TextFacts;
}

export interface Found {
  /** The exact path that it is about, or a key of the record; it is made printable for the finding. */
  readonly path: string;
  /** One printable line: what is wrong, where, and what to do. */
  readonly message: string;
}

/** A rule is pure: it sees facts and says what it finds in them. */
export interface Rule {
  readonly name: string;
  readonly tier: Finding['tier'];
  readonly checks: { readonly [About in keyof Facts]?: (facts: Facts[About]) => readonly Found[] };
}

const MOST_SHOWN = 80;

/** A path or name, in quotes. */
export const quoted = (name: string): string => `"${printable(name)}"`;

/** A piece of text that may be long. */
export function excerpt(text: string): string {
  const shown = [...text.slice(0, 2 * MOST_SHOWN)];
  return shown.length <= MOST_SHOWN ? quoted(text) : `"${printable(shown.slice(0, MOST_SHOWN).join(''))}…"`;
}
