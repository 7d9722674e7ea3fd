import { jobMachine } from '../job-machine.js';
import { chartOf, type Chart } from './chart.js';
import { dot } from './dot.js';
import { mermaid } from './mermaid.js';
import { svg } from './svg.js';

/** The chart itself, for programs. The keys keep the order in which `Chart` names them. */
const json = (chart: Chart): string => `${JSON.stringify(chart, null, 2)}\n`;

/** The forms in which a statechart can be drawn. */
export const PICTURE_FORMATS = ['svg', 'mermaid', 'dot', 'json'] as const;
export type PictureFormat = (typeof PICTURE_FORMATS)[number];

const painters: Readonly<Record<PictureFormat, (chart: Chart) => string>> = { svg, mermaid, dot, json };

/** The job's statechart, drawn from the machine itself; the same machine always gives the same text. */
export async function picture(format: PictureFormat): Promise<string> {
  return pictureOf(chartOf(jobMachine), format);
}

/** Any chart in one of the forms. */
export const pictureOf = (chart: Chart, format: PictureFormat): string => painters[format](chart);
