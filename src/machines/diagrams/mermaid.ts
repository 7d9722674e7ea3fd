import type { Chart, ChartState } from './chart.js';
import { groupArrows, lineOf, stateLookup, type ArrowGroup, type ArrowNote } from './group.js';

/** Border styles, so that tags are told apart without colour. Tags that are not here get no class of their own. */
const TAG_STYLES: Readonly<Record<string, string>> = {
  waiting: 'stroke-dasharray:6 4',
  working: 'stroke-width:3px',
  parked: 'stroke-width:3px,stroke-dasharray:2 5',
  final: 'stroke-width:4px',
};

/** The chart as a Mermaid state diagram, in the dialect that GitHub draws. */
export function mermaid(chart: Chart): string {
  const { groups, notes } = groupArrows(chart);
  const stateOf = stateLookup(chart);
  const tops = chart.states.filter(({ parent }) => parent === null);
  const lines = [
    'stateDiagram-v2',
    ...statesLines(tops, chart.initial, 1),
    ...chart.states.filter(({ final }) => final).map((state) => `  ${nameOf(state)} --> [*]`),
    ...notes.flatMap(noteLines),
    ...classLines(chart),
  ];
  return `${lines.join('\n')}\n`;

  function statesLines(states: readonly ChartState[], initial: string | null, depth: number): string[] {
    const pad = '  '.repeat(depth);
    const parent = states[0]?.parent ?? null;
    return [
      ...states.flatMap((state) => stateLines(state, depth)),
      ...(initial === null ? [] : [`${pad}[*] --> ${nameOf(stateOf(initial))}`]),
      ...groups.filter((group) => scopeOf(group) === parent).map((group) => pad + arrowLine(group)),
    ];
  }

  function stateLines(state: ChartState, depth: number): string[] {
    const pad = '  '.repeat(depth);
    const opening = (title: string): string => `${pad}state "${escapeText(title)}" as ${nameOf(state)}`;
    if (state.children.length > 0) {
      const title = state.says === null ? state.label : `${state.label} - ${state.says}`;
      return [`${opening(title)} {`, ...statesLines(state.children.map(stateOf), state.initial, depth + 1), `${pad}}`];
    }
    const tags = state.tags.map((tag) => `(${tag})`);
    const text = [state.says, ...tags].filter((part) => part !== null).join(' ');
    return text === ''
      ? [opening(state.label)]
      : [opening(state.label), `${pad}${nameOf(state)} : ${escapeText(text)}`];
  }

  /** Mermaid wants an arrow between two children of one state inside that state, and all others outside. */
  function scopeOf({ from, to }: ArrowGroup): string | null {
    const { parent } = stateOf(from);
    return parent === stateOf(to).parent ? parent : null;
  }

  function arrowLine({ from, to, arrows }: ArrowGroup): string {
    const label = arrows.map((arrow) => escapeText(lineOf(arrow))).join('<br/>');
    return `${nameOf(stateOf(from))} --> ${nameOf(stateOf(to))} : ${label}`;
  }

  function noteLines(note: ArrowNote): string[] {
    const sources = note.arrows.map(({ from }) => escapeText(stateOf(from).path.join('.')));
    const text = `${escapeText(lineOf(note))} from<br/>${sources.join('<br/>')}`;
    return [`  note right of ${nameOf(stateOf(note.to))} : ${text}`];
  }
}

function classLines({ states }: Chart): string[] {
  return Object.entries(TAG_STYLES).flatMap(([tag, style]) => {
    const names = states.filter(({ tags, children }) => tags.includes(tag) && children.length === 0).map(nameOf);
    return names.length === 0 ? [] : [`  classDef ${tag} ${style}`, `  class ${names.join(',')} ${tag}`];
  });
}

/** Words that the parser takes for its own where a state's name should be. */
const KEYWORDS =
  /^(state|note|end|as|left|right|of|direction|default|class|classdef|style|click|href|hide|scale|title|acctitle|accdescr)$/i;

/** Letters, digits and single underscores name themselves; all else becomes a code, so that no two paths meet. */
function nameOf({ path }: ChartState): string {
  const name = path.map(escapeName).join('__');
  return KEYWORDS.test(name) ? `${name}_` : name;
}

const escapeName = (key: string): string =>
  key.replace(/[^A-Za-z0-9_]|_(?=_)|^_|_$/gu, (character) => `_u${character.codePointAt(0)!.toString(16)}_`);

/** Mermaid reads `#code;` as a character; written so, nothing in a text can end a label or begin markup. */
const escapeText = (text: string): string =>
  text.replace(/[^A-Za-z0-9 .,_[\]()'-]/gu, (character) =>
    /\s/u.test(character) ? ' ' : `#${character.codePointAt(0)!};`,
  );
