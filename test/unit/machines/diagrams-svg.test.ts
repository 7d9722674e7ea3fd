import { describe, expect, it } from 'vitest';
import { chartOf } from '#dist/machines/diagrams/chart.js';
import { picture } from '#dist/machines/diagrams/render-diagram.js';
import { overlap, type Box, type Point } from '#dist/machines/diagrams/svg/geometry.js';
import { layoutOf } from '#dist/machines/diagrams/svg/layout.js';
import { jobMachine } from '#dist/machines/job-machine.js';
import { textBoxes, unclosed, type TextBox } from './svg-texts.js';

const pairsOf = <T>(items: readonly T[]): [T, T][] =>
  items.flatMap((a, index) => items.slice(index + 1).map((b): [T, T] => [a, b]));

const segmentsOf = (points: readonly Point[]): Box[] =>
  points.slice(1).map((end, index) => {
    const start = points[index]!;
    const [x, y] = [Math.min(start.x, end.x), Math.min(start.y, end.y)];
    return { x, y, width: Math.abs(start.x - end.x), height: Math.abs(start.y - end.y) };
  });

const within = ({ x, y, width, height }: Box, by: number): Box => ({
  x: x + by,
  y: y + by,
  width: width - 2 * by,
  height: height - 2 * by,
});

describe('the SVG can be read', () => {
  const layout = layoutOf(chartOf(jobMachine));
  const leaves = layout.states.filter(({ state }) => state.children.length === 0);

  it('has no two texts on top of each other', async () => {
    const boxes = textBoxes(await picture('svg'));
    expect(boxes.length).toBeGreaterThan(80);
    expect(
      pairsOf(boxes)
        .filter(([a, b]) => overlap(a, b))
        .map(([a, b]) => [a.text, b.text]),
    ).toEqual([]);
  });

  it('keeps all texts inside the picture and inside their boxes', async () => {
    const texts = textBoxes(await picture('svg'));
    const page = { x: 0, y: 0, width: layout.width, height: layout.height };
    const leaking = (box: Box): TextBox[] => texts.filter((text) => overlap(text, box) && !isInside(text, box));
    expect([page, layout.legend, ...layout.notes, ...leaves].flatMap(leaking)).toEqual([]);
  });

  it('leads no line through a label, a state, a note or the legend', () => {
    const lines = [...layout.wires, ...layout.starts, ...layout.notes].flatMap(({ points }) => segmentsOf(points));
    const solid = [...layout.wires.map(({ label }) => label), ...leaves, ...layout.notes, layout.legend];
    expect(lines.filter((line) => solid.some((box) => overlap(line, within(box, 1))))).toEqual([]);
  });

  it('is not scaled below 10.5 px at the width of a README', async () => {
    const svg = await picture('svg');
    const sizes = [...svg.matchAll(/font-size: (\d+)px/g)].map(([, size]) => Number(size));
    expect(layout.width).toBeLessThanOrEqual(1000);
    expect((Math.min(...sizes) * 830) / layout.width).toBeGreaterThanOrEqual(10.5);
  });

  it('goes down its main way, with what is parked on the right', () => {
    const main = layout.wires.filter(({ role }) => role === 'main');
    expect(main.every(({ points: [start, end] }) => start!.x === end!.x && start!.y < end!.y)).toBe(true);
    const failed = layout.states.find(({ state }) => state.label === 'failed')!;
    const others = layout.states.filter(({ state }) => state.label !== 'failed');
    expect(others.every(({ x, width }) => x + width < failed.x)).toBe(true);
  });

  it('stands alone, and describes itself', async () => {
    const svg = await picture('svg');
    expect(svg).toMatch(/<title id="title">.+<\/title>\n<desc id="desc">.+<\/desc>/);
    expect(svg.replace('http://www.w3.org/2000/svg', '')).not.toMatch(/<script|https?:|url\(|@import|href=/);
    expect(svg).toContain('@media (prefers-color-scheme: dark)');
    expect(unclosed(svg)).toEqual([]);
  });
});

const isInside = (inner: Box, outer: Box): boolean =>
  inner.x >= outer.x &&
  inner.y >= outer.y &&
  inner.x + inner.width <= outer.x + outer.width &&
  inner.y + inner.height <= outer.y + outer.height;
