import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join, win32 } from 'node:path';
import { describe, expect, test } from 'vitest';
import { builtInValidator } from '#dist/gate/built-in-validator.js';
import type { Rule } from '#dist/gate/rules/rule.js';
import { RULES } from '#dist/gate/rules/rules.js';
import { parseRecord } from '#dist/run/record/record-text.js';
import { emptyFolder, put, runWith } from '../../run/support.js';
import { CONFIG, gated, inShort } from './support.js';

const MIXED = { 'b/<x>': '', 'b/con': '', 'b/CON': '', 'a:b': '', 'a:b:': '', 'z.txt': '{{ x }} <y> <x>' };

describe('the findings', () => {
  test('come by path and then by rule, whatever the order of the files', async () => {
    const options = { renderedFiles: ['z.txt'] };
    const first = await gated(runWith(MIXED), options);
    const second = await gated(runWith(Object.fromEntries(Object.entries(MIXED).toReversed())), options);
    expect(first).toEqual(second);
    expect(inShort(first)).toEqual([
      'illegal_filesystem_character a:b',
      'illegal_filesystem_character a:b:',
      'unresolved_placeholder_token b/<x>',
      'illegal_filesystem_character b/<x>',
      'reserved_filesystem_name b/CON',
      'reserved_filesystem_name b/con',
      'name_collision b/con',
      'unresolved_placeholder_token z.txt',
      'unresolved_placeholder_token z.txt',
      'leftover_jinja_marker z.txt',
    ]);
  });

  test('begin with the way down to the run, and know nothing above the root', async () => {
    const top = join(emptyFolder(), 'above: the root');
    const runPath = join(top, 'aux', 'Run_<run_date>');
    mkdirSync(runPath, { recursive: true });
    put(runPath, '-?');
    const run = { runPath, root: top, record: parseRecord('{"run_kind":"test"}', '') };
    const findings = await builtInValidator(CONFIG).validate(run, {});
    expect(inShort(findings)).toEqual([
      `reserved_filesystem_name ${join(top, 'aux')}`,
      `mode_prefix_mismatch ${join(top, 'aux')}`,
      `unresolved_placeholder_token ${runPath}`,
      `illegal_filesystem_character ${runPath}`,
      `mode_prefix_mismatch ${runPath}`,
      'illegal_filesystem_character -?',
    ]);
  });

  test('are one line each, safe to show, hard by rule, and overridden by nothing', async () => {
    for (const finding of await gated(runWith({ 'a\n\u001b[31m\u202e<x>/b\r': '' }))) {
      expect(`${finding.subject}${finding.message}`).not.toMatch(/[\p{Cc}\p{Cf}]/u);
      expect(finding).toMatchObject({ tier: 'hard', overriddenBy: null });
    }
  });
});

describe('what counts as the run’s data', () => {
  test('its own record folder does not; one deeper down does', async () => {
    const run = runWith({ '.exlab-wizard/a:b': '', 'x/.exlab-wizard/c:d': '' });
    expect(inShort(await gated(run))).toEqual(['illegal_filesystem_character x/.exlab-wizard/c:d']);
  });

  test('rules see every name in it once, and never the record folder', async () => {
    const run = runWith({ '.exlab-wizard/x': '', 'a/.exlab-wizard': '', b: '' });
    const seen: string[] = [];
    const watching: Rule = {
      name: 'w',
      tier: 'soft',
      checks: { name: ({ path, kind }) => (seen.push(`${kind} ${path}`), []) },
    };
    await gated(run, { rules: [watching] });
    expect(seen.toSorted()).toEqual(['file a/.exlab-wizard', 'file b', `folder ${run}`, 'folder a'].toSorted());
  });

  test('a name that only the record folder would merge with does', async () => {
    const run = runWith({ '.exlab-wizard/x': '', '.Exlab-Wizard/y': '' });
    expect(inShort(await gated(run))).toEqual(['name_collision .exlab-wizard']);
  });

  test('the names of links, folders and of what cannot be copied do', async () => {
    const run = runWith({ 'a?/file': '' });
    symlinkSync('a?', join(run, 'b?'));
    execFileSync('mkfifo', [join(run, 'c?')]);
    expect(inShort(await gated(run))).toEqual([
      'illegal_filesystem_character a?',
      'illegal_filesystem_character b?',
      'illegal_filesystem_character c?',
      'unsupported_entry c?',
    ]);
  });
});

describe('a host', () => {
  const noTif: Rule = {
    name: 'no_tif',
    tier: 'soft',
    checks: {
      name: ({ name, path, kind }) => (kind === 'file' && name.endsWith('.tif') ? [{ path, message: 'no' }] : []),
    },
  };

  test('may add rules, leave some out, and change a tier', async () => {
    const run = runWith({ 'a:.tif': '' });
    expect(inShort(await gated(run, { rules: [noTif, ...RULES] }))).toEqual([
      'no_tif a:.tif',
      'illegal_filesystem_character a:.tif',
    ]);
    expect(await gated(run, { rules: [] })).toEqual([]);
    const softer = RULES.map((rule) => ({ ...rule, tier: 'soft' as const }));
    expect(await gated(run, { rules: softer })).toMatchObject([{ tier: 'soft' }]);
  });

  test('on Windows has record paths with backslashes', async () => {
    const run = runWith({ 'sub/a.txt': '<x>' });
    const findings = await gated(run, { path: win32, renderedFiles: ['sub\\a.txt'] });
    expect(inShort(findings)).toEqual(['unresolved_placeholder_token sub/a.txt']);
  });

  test('that has enough ends the walk', async () => {
    const run = { runPath: runWith({ a: '' }), root: '/', record: parseRecord('{}', '') };
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(builtInValidator(CONFIG).validate(run, { signal })).rejects.toThrow('enough');
  });
});

test('each built-in rule has a name of its own, and the tier that was promised', () => {
  expect(RULES.map(({ name, tier }) => `${name} ${tier}`)).toEqual([
    'unresolved_placeholder_token hard',
    'leftover_jinja_marker hard',
    'illegal_filesystem_character hard',
    'reserved_filesystem_name hard',
    'mode_prefix_mismatch hard',
    'name_collision hard',
    'unsupported_entry hard',
    'unreadable_entry hard',
    'malformed_yaml_front_matter soft',
    'missing_required_field soft',
  ]);
});
