import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { Workplace } from './cli-workstation.js';

const TIMES = 60_000;

/** With a leftover marker, so that its key is asked for. */
const frontMatter = (yaml: string): string => `---\n${yaml}\n---\ntext\n`;
const DEEP: [string, string][] = [
  ['lists in one line', frontMatter(`a: {{ cookiecutter.x }}\n${'- '.repeat(TIMES)}{{ b }}`)],
  ['keys in one line', frontMatter(`${'? '.repeat(TIMES)}{{ b }}`)],
  ['flow lists', frontMatter(`a: ${'['.repeat(TIMES)}{{ b }}${']'.repeat(TIMES)}`)],
  ['flow maps', frontMatter(`a: ${'{a: '.repeat(TIMES)}{{ b }}${'}'.repeat(TIMES)}`)],
];
const FLAT: [string, string][] = [
  ['quotes', `${'> '.repeat(TIMES)}{{ b }}`],
  ['lists without front matter', `${'- '.repeat(TIMES)}{{ b }}`],
];

/** A run with one rendered file. */
async function rendered(lab: Workplace, name: string, text: string): Promise<string> {
  const run = await lab.run(name, { 'notes.md': text });
  const record = join(run, '.exlab-wizard/creation.json');
  const raw = JSON.parse(readFileSync(record, 'utf8')) as object;
  writeFileSync(record, JSON.stringify({ ...raw, rendered_files: ['notes.md'] }));
  return run;
}

describe('a rendered file that is nested too deep', () => {
  test.each(DEEP)('is a finding, and the run is judged: %s', async (_, text) => {
    const lab = new Workplace();
    const run = await rendered(lab, 'Run_1', text);
    const { stdout, stderr } = await lab.cli('gate', run);
    expect(stdout).toContain(run);
    expect(stdout).toMatch(/notes\.md.* is nested deeper than 200 levels.*\[malformed_yaml_front_matter\]/u);
    expect(stderr).not.toContain('call stack');
  });

  test.each(FLAT)('is none where nothing is parsed: %s', async (_, text) => {
    const lab = new Workplace();
    const { stdout, stderr } = await lab.cli('gate', await rendered(lab, 'Run_1', text));
    expect(stdout + stderr).not.toMatch(/nested|call stack/u);
  });
});

describe('a run record that is nested too deep', () => {
  const list = `${'['.repeat(TIMES)}${']'.repeat(TIMES)}`;
  const map = `${'{"a":'.repeat(TIMES)}1${'}'.repeat(TIMES)}`;
  test.each([
    ['of lists', `{"x":${list}}`],
    ['of objects', map],
    ['that is cut', `{"x":${'['.repeat(TIMES)}`],
  ])('is record_invalid, and named: %s', async (_, json) => {
    const lab = new Workplace();
    const run = await lab.run('Run_1');
    writeFileSync(join(run, '.exlab-wizard/creation.json'), json);
    for (const command of ['gate', 'sync', 'explain']) {
      const { exitCode, stdout, stderr } = await lab.cli(command, run);
      expect(exitCode).toBe(command === 'explain' ? 0 : 3);
      expect(stdout + stderr).toMatch(/creation\.json (?:is nested deeper than 200 levels|is no valid JSON)/u);
      expect(stderr).not.toContain('call stack');
    }
  });

  it('on the NAS is the record of another run', async () => {
    const lab = new Workplace();
    const run = await lab.run('Run_1');
    await lab.cli('sync', await lab.run('Run_0'));
    const there = join(lab.nas, 'Run_1/.exlab-wizard');
    await lab.shell(`mkdir -p ${there}`);
    writeFileSync(join(there, 'creation.json'), `{"x":${list}}`);
    const { exitCode, stderr } = await lab.cli('sync', run);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/target_conflict.* belongs to another run/u);
  });
});

test.each(['- ', '? ', '['])('a configuration that is nested too deep is refused in one line: %s', async (opening) => {
  const lab = new Workplace();
  writeFileSync(lab.config, `equipment: ${opening === '[' ? '' : '\n  '}${opening.repeat(TIMES)}`);
  const { exitCode, stderr } = await lab.cli('status');
  expect(exitCode).toBe(2);
  expect(stderr.split('\n')[0]).toMatch(/config\.yaml.*(?:nested too deep|is not YAML)/u);
  expect(stderr).not.toContain('call stack');
});
