interface Palette {
  readonly page: string;
  readonly edge: string;
  readonly text: string;
  readonly soft: string;
  readonly line: string;
  readonly group: string;
  readonly title: string;
  readonly onBadge: string;
  /** For each tag's look: what fills its boxes, and what draws their borders. */
  readonly looks: Readonly<Record<Look, readonly [fill: string, stroke: string]>>;
}

type Look = 'waiting' | 'working' | 'parked' | 'final' | 'plain';

interface TagLook {
  readonly look: Look;
  /** Drawn in a square of 12. */
  readonly glyph: string;
}

/** Tags that have a look of their own; others are plain. */
const TAG_LOOKS: Readonly<Record<string, TagLook>> = {
  waiting: { look: 'waiting', glyph: 'M6 1a5 5 0 1 0 .01 0zM6 3.4V6.2L8 7.6' },
  working: { look: 'working', glyph: 'M3.2 1.8L10.2 6L3.2 10.2Z' },
  parked: { look: 'parked', glyph: 'M3.8 2V10M8.2 2V10' },
  final: { look: 'final', glyph: 'M1.8 6.4L4.8 9.4L10.2 2.8' },
};
const PLAIN: TagLook = { look: 'plain', glyph: 'M6 5.5V6.5' };

export const lookOf = (tag: string | undefined): TagLook => (tag === undefined ? PLAIN : (TAG_LOOKS[tag] ?? PLAIN));

const LIGHT: Palette = {
  page: '#ffffff',
  edge: '#d1d9e0',
  text: '#1f2328',
  soft: '#59636e',
  line: '#818b98',
  group: '#f6f8fa',
  title: '#e6eaef',
  onBadge: '#ffffff',
  looks: {
    waiting: ['#fffaeb', '#9a6700'],
    working: ['#e6f3ff', '#0969da'],
    parked: ['#fff0ee', '#cf222e'],
    final: ['#e6f9ea', '#1a7f37'],
    plain: ['#ffffff', '#59636e'],
  },
};

const DARK: Palette = {
  page: '#0d1117',
  edge: '#3d444d',
  text: '#f0f6fc',
  soft: '#9da7b3',
  line: '#7d8590',
  group: '#151b23',
  title: '#212830',
  onBadge: '#0d1117',
  looks: {
    waiting: ['#272115', '#d29922'],
    working: ['#121d2f', '#58a6ff'],
    parked: ['#2b1618', '#ff6a61'],
    final: ['#12261e', '#3fb950'],
    plain: ['#151b23', '#9da7b3'],
  },
};

const SHAPES = `
text { font-family: -apple-system, BlinkMacSystemFont, 'Segoe UI', 'Noto Sans', Helvetica, Arial, sans-serif; font-size: 13px; }
.event { font-family: ui-monospace, SFMono-Regular, 'SF Mono', Menlo, Consolas, 'Liberation Mono', monospace; font-weight: 600; }
.condition { font-style: italic; }
.name { font-size: 16px; font-weight: 700; }
.badge { font-weight: 600; }
.box, .wire, .inner, .edge { fill: none; stroke-width: 1.5; stroke-linejoin: round; }
.waiting .box { stroke-dasharray: 6 4; }
.working .box { stroke-width: 2.6; }
.parked .box { stroke-width: 2.6; stroke-dasharray: 2 5; stroke-linecap: round; }
.glyph { fill: none; stroke-width: 1.7; stroke-linecap: round; stroke-linejoin: round; }
.main .wire { stroke-width: 2.6; }
.park .wire { stroke-dasharray: 7 3; }`;

const coloursOf = ({ page, edge, text, soft, line, group, title, onBadge, looks }: Palette): string => `
.page, .card { fill: ${page}; stroke: ${edge}; }
.name, .event { fill: ${text}; }
.says, .condition, .note { fill: ${soft}; }
.group { fill: ${group}; }
.edge { stroke: ${edge}; }
.title { fill: ${title}; }
.wire { stroke: ${line}; }
.head { fill: ${line}; }
.dot, .main .head { fill: ${text}; }
.main .wire { stroke: ${text}; }
.park .wire { stroke: ${looks.parked[1]}; }
.park .head { fill: ${looks.parked[1]}; }
.badge { fill: ${onBadge}; }
.glyph { stroke: ${onBadge}; }
${Object.entries(looks)
  .map(
    ([look, [fill, stroke]]) =>
      `.${look} .box { fill: ${fill}; stroke: ${stroke}; } .${look} .inner { stroke: ${stroke}; } .${look} .pill { fill: ${stroke}; }`,
  )
  .join('\n')}`;

/** One style sheet for both of the reader's colour schemes. */
export const styleSheet = (): string =>
  `${SHAPES}${coloursOf(LIGHT)}\n@media (prefers-color-scheme: dark) {${coloursOf(DARK)}\n}\n`;
