import type { Chart } from './chart.js';

/** The chart itself, for programs. The keys keep the order in which `Chart` names them. */
export const json = (chart: Chart): string => `${JSON.stringify(chart, null, 2)}\n`;
