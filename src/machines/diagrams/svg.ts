import type { Chart } from './chart.js';
import { drawLabel, drawNote, drawStart, drawWire } from './svg/draw-edges.js';
import { drawLegend } from './svg/draw-legend.js';
import { drawState, roundedRect } from './svg/draw-states.js';
import { layoutOf, type Layout } from './svg/layout.js';
import { styleSheet } from './svg/theme.js';
import { element, escapeXml } from './svg/xml.js';

/** The picture of a chart that people look at first: on its own, for light and dark pages, without scripts or fonts. */
export const svg = (chart: Chart): string => drawSvg(chart, layoutOf(chart));

function drawSvg(chart: Chart, layout: Layout): string {
  const { width, height } = layout;
  const attributes = {
    xmlns: 'http://www.w3.org/2000/svg',
    viewBox: `0 0 ${width} ${height}`,
    width,
    height,
    role: 'img',
    'aria-labelledby': 'title desc',
  };
  const wires = layout.wires.toSorted((a, b) => Number(a.role === 'main') - Number(b.role === 'main'));
  const parts = [
    element('title', { id: 'title' }, escapeXml(`The statechart “${chart.id}”`)),
    element('desc', { id: 'desc' }, escapeXml(describe(chart))),
    element('style', {}, styleSheet()),
    roundedRect({ x: 0.5, y: 0.5, width: width - 1, height: height - 1 }, 'page', 12),
    ...layout.states.filter(({ state }) => state.children.length > 0).map(drawState),
    ...wires.map(drawWire),
    ...layout.starts.map(drawStart),
    ...layout.states.filter(({ state }) => state.children.length === 0).map(drawState),
    ...layout.notes.map(drawNote),
    ...wires.map(({ label }) => drawLabel(label)),
    drawLegend(layout.legend),
  ];
  return `${element('svg', attributes, `\n${parts.join('\n')}\n`)}\n`;
}

/** For readers who cannot see the picture. */
function describe({ states, arrows }: Chart): string {
  const names = states.map(({ path, says }) => path.join('.') + (says === null ? '' : ` (${says})`));
  return `${states.length} states and ${arrows.length} transitions. States: ${names.join(', ')}.`;
}
