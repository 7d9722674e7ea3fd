import { expect, test } from 'vitest';
import { table } from '#dist/cli/text/table.js';

const columns = [{ title: 'NAME' }, { title: 'SIZE', align: 'right' as const }, { title: 'NOTE' }];

test('columns are as wide as their widest cell', () => {
  expect(table(columns, [{ cells: ['a', '10 B', 'x'] }, { cells: ['longer', '1.25 GB', ''] }])).toEqual([
    'NAME       SIZE  NOTE',
    'a          10 B  x',
    'longer  1.25 GB',
  ]);
});

test('wide characters are counted as they are shown', () => {
  expect(table(columns, [{ cells: ['顕微鏡', '1 B', 'x'] }]).at(-1)).toBe('顕微鏡   1 B  x');
});

test('notes stand below their row, indented', () => {
  expect(table(columns, [{ cells: ['a', '', ''], notes: ['why'] }]).slice(1)).toEqual(['a', '    why']);
});

test('colour is for the first cell, whose alignment it leaves alone', () => {
  const painted = table(
    columns,
    [{ cells: ['a', '1', 'x'], colour: 'red' }],
    (colour, text) => `<${colour}>${text}</>`,
  );
  expect(painted).toEqual(['<dim>NAME  SIZE  NOTE</>', '<red>a   </>     1  x']);
});
