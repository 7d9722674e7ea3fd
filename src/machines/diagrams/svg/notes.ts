import type { ChartState } from '../chart.js';
import type { ArrowNote } from '../group.js';
import type { Plan } from './classify-edges.js';
import { labelOf, type Label } from './label.js';
import { LINE_HEIGHT, TEXT_SIZE, sansWidth } from './text.js';

/** What many states do, said once at the state that it leads to. */
export interface NoteEntry {
  readonly note: ArrowNote;
  readonly label: Label;
  /** The states that it leads from, each a line. */
  readonly sources: readonly string[];
}

/** All notes of one state, as one card. */
export interface NoteCard {
  readonly to: string;
  readonly entries: readonly NoteEntry[];
  readonly width: number;
  readonly height: number;
}

export const NOTE_PADDING = 12;
export const NOTE_INDENT = 10;

const sourceName = (state: ChartState): string => state.path.join('.');

export function noteCards({ notes, stateOf }: Plan): NoteCard[] {
  const targets = [...new Set(notes.map(({ to }) => to))];
  return targets.map((to) =>
    cardOf(
      to,
      notes.filter((note) => note.to === to).map((note) => entryOf(note, stateOf)),
    ),
  );
}

function entryOf(note: ArrowNote, stateOf: Plan['stateOf']): NoteEntry {
  return { note, label: labelOf([note]), sources: note.arrows.map(({ from }) => sourceName(stateOf(from))) };
}

function cardOf(to: string, entries: readonly NoteEntry[]): NoteCard {
  const widths = entries.flatMap(({ label, sources }) => [
    label.width,
    ...sources.map((source) => NOTE_INDENT + sansWidth(source, TEXT_SIZE)),
  ]);
  const height = entries.reduce((sum, entry) => sum + entryHeight(entry), 0);
  return { to, entries, width: Math.max(...widths) + 2 * NOTE_PADDING, height: height + NOTE_PADDING };
}

/** The event, the word `from`, and the sources. */
export const entryHeight = ({ label, sources }: NoteEntry): number =>
  label.height + (sources.length + 1) * LINE_HEIGHT + NOTE_PADDING;
