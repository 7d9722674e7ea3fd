import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { editJson } from '#dist/run/record/json-edit.js';

const set = (text: string, path: (string | number)[], value: unknown): string => editJson(text, [{ path, value }]);

describe('editJson keeps the layout of', () => {
  test.each([
    ['two spaces', '{\n  "a": 1\n}\n', '{\n  "a": 1,\n  "b": {\n    "c": [\n      1\n    ]\n  }\n}\n'],
    ['tabs', '{\n\t"a": 1\n}', '{\n\t"a": 1,\n\t"b": {\n\t\t"c": [\n\t\t\t1\n\t\t]\n\t}\n}'],
    ['CRLF', '{\r\n  "a": 1\r\n}', '{\r\n  "a": 1,\r\n  "b": {\r\n    "c": [\r\n      1\r\n    ]\r\n  }\r\n}'],
    ['no indent', '{\n"a": 1\n}', '{\n"a": 1,\n"b": {\n  "c": [\n    1\n  ]\n}\n}'],
    ['one line', '{"x":  1.0,   "a" : 2}', '{"x":  1.0,   "a" : 2,   "b": {"c":[1]}}'],
    ['blank lines', '{\n\n  "a": 1\n\n}', '{\n\n  "a": 1,\n  "b": {\n    "c": [\n      1\n    ]\n  }\n\n}'],
    ['nothing', '{}', '{"b":{"c":[1]}}'],
    ['an empty object on two lines', '{\n}', '{\n  "b": {\n    "c": [\n      1\n    ]\n  }\n}'],
  ])('%s when it adds a key', (_, before, after) => {
    expect(set(before, ['b'], { c: [1] })).toBe(after);
  });

  test('the whole line when it replaces a value', () => {
    expect(set('{ "a" :1 , "b":  [ 1.0,1e3 ] }', ['a'], 'x')).toBe('{ "a" :"x" , "b":  [ 1.0,1e3 ] }');
  });

  test('numbers that JavaScript cannot hold', () => {
    const text = '{"big": 12345678901234567890, "exact": 1.0, "form": 1e3, "fine": 0.10000000000000000001, "a": 1}';
    expect(set(text, ['a'], 2)).toBe(text.replace('"a": 1}', '"a": 2}'));
  });

  test('escapes and non-ASCII text as they were spelled', () => {
    const text = '{"\\u00e9": "\\/ \u00e9 \u{1f52c} \\ud83d\\udd2c", "a": 1}';
    expect(set(text, ['a'], 2)).toBe(text.replace('"a": 1}', '"a": 2}'));
  });

  test('a list when it appends to it', () => {
    expect(set('{\n  "o": [\n    {"id":1}\n  ]\n}', ['o', -1], { id: 2 })).toBe(
      '{\n  "o": [\n    {"id":1},\n    {\n      "id": 2\n    }\n  ]\n}',
    );
    expect(set('{"o": []}', ['o', 7], 1)).toBe('{"o": [1]}');
  });

  test('its neighbours when it removes a key', () => {
    const text = '{\n  "a": 1,\n  "b": 2,\n  "c": 3\n}';
    expect(set(text, ['a'], undefined)).toBe('{\n  "b": 2,\n  "c": 3\n}');
    expect(set(text, ['b'], undefined)).toBe('{\n  "a": 1,\n  "c": 3\n}');
    expect(set(text, ['c'], undefined)).toBe('{\n  "a": 1,\n  "b": 2\n}');
    expect(set('{ "a": 1 }', ['a'], undefined)).toBe('{  }');
  });
});

describe('editJson', () => {
  test('changes no byte when no value changes', () => {
    const text = '{"a": 1.0, "b": {"y":1,"x":[ 2e0 ]}}';
    expect(editJson(text, [])).toBe(text);
    expect(set(text, ['a'], 1)).toBe(text);
    expect(set(text, ['b'], { x: [2], y: 1 })).toBe(text);
    expect(set(text, ['c'], undefined)).toBe(text);
    expect(set(text, ['c', 'd'], undefined)).toBe(text);
  });

  test('makes the parents that are missing', () => {
    expect(set('{"a":1}', ['paths', 'list', 0, 'nas'], 'x')).toBe('{"a":1,"paths": {"list":[{"nas":"x"}]}}');
  });

  test('makes several changes, each after the other', () => {
    const changes = [
      { path: ['o', -1], value: 1 },
      { path: ['o', -1], value: 2 },
      { path: ['a'], value: undefined },
    ];
    expect(JSON.parse(editJson('{"a":1}', changes))).toEqual({ o: [1, 2] });
  });

  test('refuses a change that does not fit the document', () => {
    expect(() => set('{"paths": "x"}', ['paths', 'nas'], 'y')).toThrow('"nas" was to be set in a string');
    expect(() => set('{"o": {}}', ['o', 0], 'y')).toThrow('element 0 was to be set in an object');
    expect(() => set('{"o": [1, 2]}', ['o', 1], undefined)).toThrow('never removed');
  });

  test('refuses to change a key that stands twice, for readers differ on which one counts', () => {
    expect(() => set('{"a": 1, "a": 2}', ['a'], 3)).toThrow('twice');
    expect(() => set('{"a": 1, "a": 2}', ['a'], undefined)).toThrow('twice');
    expect(JSON.parse(set('{"x": 1, "x": 2, "a": 1}', ['a'], 3))).toEqual({ x: 2, a: 3 });
  });

  test('is not confused by keys that JavaScript objects have', () => {
    expect(set('{"a":1}', ['__proto__'], { x: 1 })).toBe('{"a":1,"__proto__": {"x":1}}');
    expect(set('{"a":1}', ['toString'], 'x')).toBe('{"a":1,"toString": "x"}');
  });

  test('sets what it was asked to and leaves every other byte, in any document', () => {
    const layout = fc.oneof(fc.constant(undefined), fc.constant(2), fc.constant('\t'));
    const key = fc.oneof(fc.constantFrom('a', 'b'), fc.string({ unit: 'binary' }));
    fc.assert(
      fc.property(fc.dictionary(key, fc.jsonValue()), key, fc.jsonValue(), layout, (document, name, value, indent) => {
        const meant = JSON.parse(JSON.stringify(value)) as unknown;
        const text = JSON.stringify(document, null, indent);
        const edited = set(text, [name], value);
        expect(JSON.parse(edited)).toEqual({ ...(JSON.parse(text) as object), [name]: meant });
        if (Object.hasOwn(document, name)) return;
        const end = text === '{}' ? 1 : text.trimEnd().slice(0, -1).trimEnd().length;
        expect(edited.slice(0, end)).toBe(text.slice(0, end));
        if (text !== '{}') expect(edited.endsWith(text.slice(end))).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});
