import { rightOf, type Box } from './geometry.js';
import { TITLE_HEIGHT, saysLines, tagWidth, type PlacedState } from './nodes.js';
import { LINE_HEIGHT } from './text.js';
import { lookOf } from './theme.js';
import { element, textAt, tidy } from './xml.js';

const PADDING = 14;
const RADIUS = 9;
const BADGE_HEIGHT = 21;
const BADGE_GAP = 6;
const INNER = 4;

/** One state: a box with its name, its tags and what it says, or a frame with a title bar around other states. */
export function drawState(placed: PlacedState): string {
  const { state } = placed;
  const drawn = state.children.length === 0 ? drawLeaf(placed) : drawFrame(placed);
  return element('g', { class: lookOf(state.tags[0]).look, 'data-state': state.id }, drawn);
}

export const roundedRect = (box: Box, kind: string, radius: number): string =>
  element('rect', {
    x: tidy(box.x),
    y: tidy(box.y),
    width: tidy(box.width),
    height: tidy(box.height),
    rx: radius,
    class: kind,
  });

const insetBy = (box: Box, by: number): Box => ({
  x: box.x + by,
  y: box.y + by,
  width: box.width - 2 * by,
  height: box.height - 2 * by,
});

function drawLeaf(placed: PlacedState): string {
  const { state } = placed;
  const says = saysLines(state);
  const top = placed.y + (placed.height - BADGE_HEIGHT - says.length * LINE_HEIGHT - 2) / 2;
  return [
    roundedRect(placed, 'box', RADIUS),
    state.final ? roundedRect(insetBy(placed, INNER), 'inner', RADIUS - INNER) : '',
    textAt(placed.x + PADDING, top + 16, [['name', state.label]]),
    drawBadges(state.tags, rightOf(placed) - PADDING + 3, top),
    ...says.map((line, index) =>
      textAt(placed.x + PADDING, top + BADGE_HEIGHT + 15 + index * LINE_HEIGHT, [['says', line]]),
    ),
  ].join('');
}

function drawFrame(placed: PlacedState): string {
  const { state, x, y, width } = placed;
  const bar = `M${tidy(x)} ${tidy(y + TITLE_HEIGHT)}v${RADIUS - TITLE_HEIGHT}q0 ${-RADIUS} ${RADIUS} ${-RADIUS}h${tidy(width - 2 * RADIUS)}q${RADIUS} 0 ${RADIUS} ${RADIUS}v${TITLE_HEIGHT - RADIUS}z`;
  return [
    roundedRect(placed, 'group', RADIUS),
    element('path', { d: bar, class: 'title' }),
    roundedRect(placed, 'edge', RADIUS),
    textAt(
      x + PADDING,
      y + 23,
      [['name', state.label], ...(state.says === null ? [] : [['says', state.says] as const])],
      PADDING,
    ),
    drawBadges(state.tags, x + width - PADDING, y + 6),
  ].join('');
}

/** Tags, side by side, ending at `right`. */
function drawBadges(tags: readonly string[], right: number, y: number): string {
  let end = right;
  return tags
    .toReversed()
    .map((tag) => {
      const x = end - tagWidth(tag);
      end = x - BADGE_GAP;
      return drawBadge(tag, x, y);
    })
    .join('');
}

export function drawBadge(tag: string, x: number, y: number): string {
  const { look, glyph } = lookOf(tag);
  const box = { x, y, width: tagWidth(tag), height: BADGE_HEIGHT };
  const sign = element('path', { d: glyph, class: 'glyph', transform: `translate(${tidy(x + 6)} ${tidy(y + 4.5)})` });
  return element(
    'g',
    { class: look },
    roundedRect(box, 'pill', BADGE_HEIGHT / 2) + sign + textAt(x + 21, y + 15, [['badge', tag]]),
  );
}
