import { execFile } from 'node:child_process';
import { appendFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { instance } from '@viz-js/viz';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMachine, type AnyStateNode } from 'xstate';
import { chartOf, type Chart } from '#dist/machines/diagrams/chart.js';
import { groupArrows } from '#dist/machines/diagrams/group.js';
import { PICTURE_FORMATS, picture, pictureOf } from '#dist/machines/diagrams/render-diagram.js';
import { overlap } from '#dist/machines/diagrams/svg/geometry.js';
import { layoutOf } from '#dist/machines/diagrams/svg/layout.js';
import { jobMachine } from '#dist/machines/job-machine.js';
import { decode, spansOf, textBoxes, unclosed } from './svg-texts.js';

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, '..', '..', '..');
const FILES = { svg: 'job.svg', mermaid: 'job.mmd', dot: 'job.dot', json: 'job.json' } as const;

interface Arrow {
  readonly from: readonly string[];
  readonly to: readonly string[];
  readonly event: string;
  readonly condition: string | null;
}

/** Read from XState's own nodes, not through the code under test. */
const nodesOf = (node: AnyStateNode): AnyStateNode[] =>
  Object.values(node.states).flatMap((child) => [child, ...nodesOf(child)]);
const nodes = nodesOf(jobMachine.root);
const arrows: Arrow[] = nodes.flatMap((node) =>
  Object.values(node.on).flatMap((transitions) =>
    transitions.map(({ eventType, target, guard }): Arrow => {
      const condition = typeof guard === 'string' ? guard : null;
      return { from: node.path, to: (target?.[0] ?? node).path, event: eventType, condition };
    }),
  ),
);

const lineOf = ({ event, condition }: Arrow): string => (condition === null ? event : `${event} [${condition}]`);
const says = (node: AnyStateNode): string => (node.meta as { says: string }).says;

describe('every state and every arrow is in every picture', () => {
  it.each(nodes.map((node) => [node.path.join('.'), node] as const))('%s', async (name, node) => {
    const [svg, mermaid, dot, json] = await Promise.all([
      picture('svg'),
      picture('mermaid'),
      picture('dot'),
      picture('json'),
    ]);
    const group = new RegExp(`<g class="[a-z]+" data-state="${node.id}">(.*?)</text></g>(?=\n)`).exec(svg);
    const shown = spansOf(svg).map(({ text }) => text);
    expect(group?.[1]).toContain(`>${node.key}<`);
    for (const word of says(node).split(' ')) expect(shown.join(' ')).toContain(word);
    for (const tag of node.tags) expect(group?.[1]).toContain(`>${tag}<`);
    const states = (JSON.parse(json) as Chart).states;
    expect(states).toContainEqual(
      expect.objectContaining({
        id: node.id,
        path: node.path,
        tags: node.tags,
        says: says(node),
        final: node.tags.includes('final'),
      }),
    );
    const title = node.type === 'compound' ? `${node.key} - ${says(node)}` : node.key;
    expect(mermaid).toContain(`state "${title}" as ${name.replace('.', '__')}`);
    for (const tag of node.tags) expect(mermaid).toContain(`${name.replace('.', '__')} : ${says(node)} (${tag})`);
    expect(dot).toContain(`<b>${node.key}</b><br/>${says(node)}`);
  });

  it.each(arrows.map((arrow) => [`${arrow.from.join('.')} → ${arrow.to.join('.')}: ${lineOf(arrow)}`, arrow] as const))(
    '%s',
    async (_, arrow) => {
      const [from, to] = [arrow.from, arrow.to].map((path) => ['job', ...path].join('.')) as [string, string];
      const noted = arrow.event === 'cancelled';

      const json = JSON.parse(await picture('json')) as Chart;
      expect(json.arrows).toContainEqual({ from, to, event: arrow.event, condition: arrow.condition });

      const svg = await picture('svg');
      const wire = layoutOf(json).wires.find((candidate) => candidate.from === from && candidate.to === to);
      if (noted) {
        expect(decode(svg)).toContain(`<desc>${from} → ${to}: ${lineOf(arrow)}</desc>`);
        expect(spansOf(svg)).toContainEqual({ kind: 'note', text: arrow.from.join('.') });
      } else {
        const label = textBoxes(svg)
          .filter((text) => overlap(text, wire!.label))
          .map(({ text }) => text);
        expect(label.join(' ')).toContain(arrow.event);
        if (arrow.condition !== null) expect(label.join(' ')).toContain(`[${arrow.condition}]`);
      }

      const mermaid = (await picture('mermaid')).split('\n').map((line) => line.trim());
      const drawn = mermaid.find((line) => line.startsWith(`${arrow.from.join('__')} --> ${arrow.to.join('__')} : `));
      const note = mermaid.find((line) =>
        line.startsWith(`note right of ${arrow.to.join('__')} : ${arrow.event} from`),
      );
      if (noted) expect(note?.split('<br/>')).toContain(arrow.from.join('.'));
      else expect(drawn?.split(' : ')[1]?.split('<br/>')).toContain(lineOf(arrow));

      const dot = await picture('dot');
      const condition = arrow.condition === null ? '' : ` <i>[${arrow.condition}]</i>`;
      const lines = dot.split('\n').filter((line) => line.includes(noted ? 'shape=note' : ' -> '));
      expect(
        lines.some((line) => line.includes(arrow.event + condition) && (!noted || line.includes(arrow.from.join('.')))),
      ).toBe(true);
    },
  );

  it('knows as many arrows as XState does', () => {
    expect(chartOf(jobMachine).arrows).toHaveLength(arrows.length);
    const { groups, notes } = groupArrows(chartOf(jobMachine));
    expect([...groups, ...notes].flatMap((group) => group.arrows)).toHaveLength(arrows.length);
    expect(notes.map(({ event }) => event)).toEqual(['cancelled']);
  });

  it('is accepted by Graphviz', async () => {
    const { status, errors } = (await instance()).render(await picture('dot'), { format: 'svg' });
    expect({ status, errors }).toEqual({ status: 'success', errors: [] });
  });
});

describe('any chart can be drawn', () => {
  const HOSTILE = 'a"b\' <script>&; ] --> # : {x} \\n %% `\n\u0001\ud800 end note';
  const state = (label: string, more: object = {}): Chart['states'][number] => ({
    id: label,
    path: [label],
    label,
    parent: null,
    children: [],
    initial: null,
    final: false,
    tags: [],
    says: null,
    ...more,
  });
  const hostile: Chart = {
    id: HOSTILE,
    initial: HOSTILE,
    states: [state(HOSTILE, { says: HOSTILE, tags: [HOSTILE] }), state('end'), state('state')],
    arrows: [
      { from: HOSTILE, to: 'end', event: HOSTILE, condition: HOSTILE },
      { from: 'end', to: HOSTILE, event: HOSTILE, condition: null },
      { from: 'end', to: 'state', event: 'x', condition: null },
    ],
  };

  it('escapes whatever a machine calls its parts', async () => {
    expect(unclosed(pictureOf(hostile, 'svg'))).toEqual([]);
    expect(pictureOf(hostile, 'svg')).not.toMatch(/<script|\u0001|[\ud800-\udfff]/u);
    expect(JSON.parse(pictureOf(hostile, 'json'))).toEqual(hostile);
    expect((await instance()).render(pictureOf(hostile, 'dot'), { format: 'svg' }).status).toBe('success');
    const mermaid = pictureOf(hostile, 'mermaid');
    expect(mermaid).not.toMatch(/<script|`|%%|\\|\{|\u0001/);
    expect(mermaid.match(/-->/g)).toHaveLength(4);
    expect(mermaid).toMatch(/state "end" as end_\n {2}state "state" as state_\n/);
  });

  it('draws what other machines have: arrows of the root, regions without a start, unnamed conditions', () => {
    const machine = createMachine({
      id: 'door',
      initial: 'shut',
      on: { broken: '.scrapped' },
      states: {
        shut: { on: { open: { target: 'open', guard: () => true }, look: {} } },
        open: { type: 'parallel', states: { light: {}, bell: {} }, on: { shut: 'shut' } },
        scrapped: { on: { fix: 'shut', sigh: {}, sell: 'sold' } },
        sold: { tags: ['elsewhere'] },
      },
    });
    const chart = chartOf(machine);
    expect(chart.arrows.filter(({ event }) => event === 'broken').map(({ from, to }) => [from, to])).toEqual([
      ['door.shut', 'door.scrapped'],
      ['door.open', 'door.scrapped'],
      ['door.scrapped', 'door.scrapped'],
      ['door.sold', 'door.scrapped'],
    ]);
    expect(chart.arrows).toContainEqual({ from: 'door.shut', to: 'door.open', event: 'open', condition: 'guard' });
    for (const format of PICTURE_FORMATS) {
      const drawn = pictureOf(chart, format);
      expect(drawn).not.toMatch(/NaN|Infinity|undefined/);
      for (const { event } of chart.arrows) expect(drawn).toContain(event);
    }
  });
});

describe('the files in diagrams/', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'diagrams-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  const script = (...args: string[]): Promise<{ stderr: string }> =>
    run(process.execPath, [join(ROOT, 'scripts/diagrams.js'), ...args]);

  it.each(PICTURE_FORMATS)('hold the %s that the machine gives now, the same each time', async (format) => {
    expect(await picture(format)).toBe(await picture(format));
    expect(await readFile(join(ROOT, 'diagrams', FILES[format]), 'utf8')).toBe(await picture(format));
  });

  it('are written by the script, which names those that are stale and how to fix them', async () => {
    await expect(script('--check', folder)).rejects.toMatchObject({ code: 1 });
    await script(folder);
    await script('--check', folder);
    await appendFile(join(folder, 'job.dot'), ' ');
    const refusal = (await script('--check', folder).catch((error: unknown) => error)) as {
      code: number;
      stderr: string;
    };
    expect(refusal.code).toBe(1);
    expect(refusal.stderr).toContain('job.dot');
    expect(refusal.stderr).not.toContain('job.svg');
    expect(refusal.stderr).toContain('npm run diagrams');
  });
});
