import type { ChartState } from '../chart.js';
import { leavesOf, type Plan } from './classify-edges.js';
import type { Box } from './geometry.js';
import { labelOf } from './label.js';
import { heightForPorts, sidesOf } from './ports.js';
import { LINE_HEIGHT, NAME_SIZE, TEXT_SIZE, boldWidth, sansWidth, wrap } from './text.js';

export type PlacedState = Box & { readonly state: ChartState };

export const TITLE_HEIGHT = 34;
const START_GAP = 42;
/** What a tag takes beside its text: the glyph and the pill's ends. */
const TAG_EXTRA = 27;
const GAP = 50;
const PAD_BELOW = 22;
const LEAST_WIDTH = 190;
const WIDEST_SAYS = 200;
const SIDE_PADDING = 14;

/** The text under a state's name, broken to the width of the boxes. */
export const saysLines = (state: ChartState): string[] => wrap(state.says ?? '', WIDEST_SAYS - 2 * SIDE_PADDING);

export const tagWidth = (tag: string): number => boldWidth(tag, TEXT_SIZE) + TAG_EXTRA;

/** One width for all states without children, so that the main way is a column. */
export function leafWidth(states: readonly ChartState[]): number {
  return Math.max(LEAST_WIDTH, ...states.map(ownWidth));
}

function ownWidth(state: ChartState): number {
  const tags = state.tags.reduce((sum, tag) => sum + tagWidth(tag) + 6, 0);
  const says = Math.max(0, ...saysLines(state).map((line) => sansWidth(line, TEXT_SIZE)));
  return Math.max(boldWidth(state.label, NAME_SIZE) + tags, says) + 2 * SIDE_PADDING;
}

const leafHeight = (state: ChartState, plan: Plan): number =>
  Math.max(42 + saysLines(state).length * LINE_HEIGHT, heightForPorts(sidesOf(state, plan)));

/** Stacks states from `top` down, the children of each within it; all boxes are as wide as a leaf, centered on x = 0. */
export function stack(states: readonly ChartState[], top: number, width: number, plan: Plan): Map<string, Box> {
  const boxes = new Map<string, Box>();
  let y = top;
  states.forEach((state, index) => {
    const previous = states[index - 1];
    if (previous !== undefined) y += gapBetween(previous, state, plan);
    const inner = stack(state.children.map(plan.stateOf), y + TITLE_HEIGHT + START_GAP, width, plan);
    const bottom = Math.max(...[...inner.values()].map((box) => box.y + box.height)) + PAD_BELOW;
    const height = inner.size === 0 ? leafHeight(state, plan) : bottom - y;
    boxes.set(state.id, { x: -width / 2, y, width, height });
    for (const [id, box] of inner) boxes.set(id, box);
    y += height;
  });
  return boxes;
}

function gapBetween(upper: ChartState, lower: ChartState, plan: Plan): number {
  const within = (state: ChartState): Set<string> =>
    new Set([state, ...leavesOf(state, plan.stateOf)].map(({ id }) => id));
  const [above, below] = [within(upper), within(lower)];
  const between = plan.arrows.filter(({ role, from, to }) => role === 'main' && above.has(from) && below.has(to));
  return Math.max(GAP, ...between.map(({ arrows }) => labelOf(arrows).height + 2 * LINE_HEIGHT));
}

/** What the title bar of a state with children must hold. */
export const titleWidth = (state: ChartState): number =>
  boldWidth(state.label, NAME_SIZE) +
  sansWidth(state.says ?? '', TEXT_SIZE) +
  state.tags.reduce((sum, tag) => sum + tagWidth(tag) + 6, 0) +
  4 * SIDE_PADDING;
