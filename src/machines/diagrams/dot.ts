import type { Chart, ChartState } from './chart.js';
import { groupArrows, stateLookup, type ArrowGroup, type ArrowNote } from './group.js';

const TAG_STYLES: Readonly<Record<string, string>> = {
  waiting: 'style="rounded,dashed"',
  working: 'style="rounded,bold"',
  parked: 'style="rounded,dotted" penwidth=2.5',
};

const HEAD = `  compound=true rankdir=TB nodesep=0.4 ranksep=0.5 fontname="Arial"
  node [shape=box style=rounded fontname="Arial" fontsize=13 margin="0.2,0.1"]
  edge [fontname="Arial" fontsize=11]`;

/** The chart for Graphviz: a cluster for each state with children, a note for what many states do. */
export function dot(chart: Chart): string {
  const { groups, notes } = groupArrows(chart);
  const stateOf = stateLookup(chart);
  const order = chart.states.map(({ id }) => id);
  const lines = [
    `digraph ${quote(chart.id)} {`,
    HEAD,
    ...chart.states.filter(({ parent }) => parent === null).flatMap((state) => stateLines(state, 1)),
    ...startLines(chart.initial, chart.id, '  '),
    ...groups.map(arrowLine),
    ...notes.flatMap(noteLines),
    '}',
  ];
  return `${lines.join('\n')}\n`;

  function stateLines(state: ChartState, depth: number): string[] {
    const pad = '  '.repeat(depth);
    if (state.children.length === 0) return [`${pad}${quote(state.id)} [${leafAttributes(state)}]`];
    return [
      `${pad}subgraph ${clusterOf(state.id)} {`,
      `${pad}  style=rounded label=${titleOf(state)}`,
      ...state.children.flatMap((id) => stateLines(stateOf(id), depth + 1)),
      ...startLines(state.initial, state.id, `${pad}  `),
      `${pad}}`,
    ];
  }

  function startLines(initial: string | null, owner: string, pad: string): string[] {
    if (initial === null) return [];
    const start = quote(`${owner} start`);
    return [`${pad}${start} [shape=point width=0.13]`, `${pad}${start} -> ${quote(leafOf(initial))}`];
  }

  /** A line up is written from its lower end, or Graphviz would turn the main way upside down to please it. */
  function arrowLine({ from, to, arrows }: ArrowGroup): string {
    const up = order.indexOf(leafOf(to)) < order.indexOf(leafOf(from));
    const [tail, head] = up ? [to, from] : [from, to];
    const attributes = [
      ...(up ? ['dir=back'] : []),
      ...(isWithin(leafOf(head), tail) ? [] : cutAt(tail, 'ltail')),
      ...(isWithin(leafOf(tail), head) ? [] : cutAt(head, 'lhead')),
      `label=${html(arrows.map((arrow) => `${lineMarkup(arrow)}<br align="left"/>`).join(''))}`,
    ];
    return `  ${quote(leafOf(tail))} -> ${quote(leafOf(head))} [${attributes.join(' ')}]`;
  }

  function noteLines(note: ArrowNote): string[] {
    const sources = note.arrows.map(({ from }) => escapeHtml(stateOf(from).path.join('.')));
    const label = html(`${lineMarkup(note)} from<br/>${sources.join('<br/>')}`);
    const name = quote(`${note.to} note ${note.event} ${note.condition ?? ''}`);
    return [`  ${name} [shape=note style=solid label=${label}]`, `  ${name} -> ${endOf(note.to)}`];
  }

  /** Graphviz draws lines between nodes only; a line to a cluster goes to a node in it and is cut at the edge. */
  function leafOf(id: string): string {
    const { initial, children } = stateOf(id);
    const inner = initial ?? children[0];
    return inner === undefined ? id : leafOf(inner);
  }

  function cutAt(id: string, end: 'ltail' | 'lhead'): string[] {
    return leafOf(id) === id ? [] : [`${end}=${clusterOf(id)}`];
  }

  function isWithin(id: string | null, outer: string): boolean {
    return id !== null && (id === outer || isWithin(stateOf(id).parent, outer));
  }

  function endOf(id: string): string {
    return [quote(leafOf(id)), ...cutAt(id, 'lhead').map((cut) => `[${cut}]`)].join(' ');
  }
}

function leafAttributes(state: ChartState): string {
  const style = state.tags.map((tag) => TAG_STYLES[tag]).find((known) => known !== undefined);
  return [`label=${titleOf(state)}`, style, state.final ? 'peripheries=2' : undefined].filter(Boolean).join(' ');
}

function titleOf({ label, says, tags }: ChartState): string {
  const below = [says ?? '', ...tags.map((tag) => `(${tag})`)].filter((part) => part !== '').join(' ');
  return html(`<b>${escapeHtml(label)}</b>${below === '' ? '' : `<br/>${escapeHtml(below)}`}`);
}

const lineMarkup = ({ event, condition }: { event: string; condition: string | null }): string =>
  escapeHtml(event) + (condition === null ? '' : ` <i>[${escapeHtml(condition)}]</i>`);

const clusterOf = (id: string): string => quote(`cluster ${id}`);
const html = (markup: string): string => `<${markup}>`;
const quote = (text: string): string => `"${text.replace(/[\\"]/g, '\\$&').replace(/\s/g, ' ')}"`;

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escapeHtml = (text: string): string =>
  text.replace(/[\u0000-\u001f]/g, ' ').replace(/[&<>"]/g, (character) => ENTITIES[character]!);
