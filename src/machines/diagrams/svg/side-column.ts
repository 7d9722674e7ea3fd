import type { ChartState } from '../chart.js';
import type { Plan, PlannedArrow } from './classify-edges.js';
import { bottomOf, greatestX, middleOf, rightOf, type Box, type Point } from './geometry.js';
import { portY, type Spine } from './main-column.js';
import { leafWidth, stack } from './nodes.js';
import { noteCards, type NoteCard } from './notes.js';
import { outKey } from './ports.js';

export interface PlacedNote extends NoteCard, Box {
  readonly points: readonly Point[];
}

type Column = Pick<Box, 'x' | 'width'>;

/** The column right of the spine: the states that the main way does not pass, and the notes. */
export interface Aside {
  readonly column: Column;
  readonly boxes: ReadonlyMap<string, Box>;
  readonly notes: readonly PlacedNote[];
}

/** Something in the column: its y is as wanted, or just below what stands above it. */
interface Item {
  readonly wanted: number;
  readonly place: (y: number) => { bottom: number; boxes: Map<string, Box>; notes: PlacedNote[] };
}

const COLUMN_GAP = 24;
const NOTE_GAP = 36;
const ITEM_GAP = 44;
const NESTED_INSET = 14;

export function placeAside(spine: Spine): Aside {
  const cards = noteCards(spine.plan);
  const x = greatestX([...spine.boxes.values(), ...spine.labels.values()]) + COLUMN_GAP;
  const width = Math.max(leafWidth(spine.plan.aside), ...cards.map((card) => card.width));
  const column = { x, width };
  const items = [
    ...spine.plan.aside.map((state) => stateItem(state, cards, column, spine)),
    ...cards.filter(({ to }) => spine.boxes.has(to)).map((card) => noteItem(card, column, spine.boxes.get(card.to)!)),
  ];
  const placed = placeDown(items.toSorted((a, b) => a.wanted - b.wanted));
  return {
    column,
    boxes: new Map(placed.flatMap(({ boxes }) => [...boxes])),
    notes: placed.flatMap(({ notes }) => notes),
  };
}

function placeDown(items: readonly Item[]): ReturnType<Item['place']>[] {
  let free = -Infinity;
  return items.map(({ wanted, place }) => {
    const placed = place(Math.max(wanted, free));
    free = placed.bottom + ITEM_GAP;
    return placed;
  });
}

/** A state stands where the lowest line that leads to it can run straight. */
function stateItem(state: ChartState, cards: readonly NoteCard[], column: Column, spine: Spine): Item {
  const boxes = stack([state], 0, column.width, spine.plan);
  const own = boxes.get(state.id)!;
  const lowest = Math.max(
    0,
    ...linesInto(state, spine.plan).map((arrow) => portY(arrow.from, 'right', outKey(arrow), spine)),
  );
  const place: Item['place'] = (y) => {
    const moved = new Map(
      [...boxes].map(([id, box]) => [id, inColumn(box, y, id === state.id ? 0 : NESTED_INSET)] as const),
    );
    const target = moved.get(state.id)!;
    const notes = cards.filter(({ to }) => moved.has(to)).map((card) => noteBelow(card, column, target));
    return { bottom: Math.max(bottomOf(target), ...notes.map(bottomOf)), boxes: moved, notes };
  };
  return { wanted: lowest - own.height / 2, place };

  function inColumn(box: Box, y: number, inset: number): Box {
    return { x: column.x + inset, y: box.y + y, width: column.width - 2 * inset, height: box.height };
  }
}

const linesInto = (state: ChartState, plan: Plan): PlannedArrow[] =>
  plan.arrows.filter(({ role, to }) => role === 'park' && isWithin(to, state.id, plan));

const isWithin = (id: string | null, outer: string, plan: Plan): boolean =>
  id !== null && (id === outer || isWithin(plan.stateOf(id).parent, outer, plan));

function noteBelow(card: NoteCard, column: Column, target: Box): PlacedNote {
  const [x, y] = [middleOf(target), bottomOf(target) + NOTE_GAP];
  return {
    ...card,
    ...column,
    y,
    points: [
      { x, y },
      { x, y: bottomOf(target) },
    ],
  };
}

function noteItem(card: NoteCard, column: Column, target: Box): Item {
  const place: Item['place'] = (y) => {
    const [end, from, bend] = [target.y + 14, y + 14, column.x - 10];
    const points = [
      { x: column.x, y: from },
      { x: bend, y: from },
      { x: bend, y: end },
      { x: rightOf(target), y: end },
    ];
    return { bottom: y + card.height, boxes: new Map(), notes: [{ ...card, ...column, y, points }] };
  };
  return { wanted: target.y, place };
}
