import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { findRuns as findRunsWith, type Search } from '#dist/gate/find-runs.js';
import { pathTest } from '#dist/run/name-rules.js';
import { describe, expect, it } from 'vitest';
import { emptyFolder, put } from '../run/support.js';

const RECORD = '.exlab-wizard/creation.json';

const isVolatile = pathTest(['Thumbs.db', 'desktop.ini', '#recycle'], true);

const findRuns = (search: Omit<Search, 'isVolatile'>) => findRunsWith({ ...search, isVolatile });

/** The runs below a root that holds these files (`name/`: a folder); `SCOPE` stands for an equipment. */
async function found(...paths: string[]): Promise<string[]> {
  const root = emptyFolder();
  for (const path of paths) {
    if (path.endsWith('/')) mkdirSync(join(root, path), { recursive: true });
    else put(root, path);
  }
  return below(root);
}

async function below(root: string, roots: readonly string[] = [root]): Promise<string[]> {
  const shelves = new Set([...roots, join(root, 'SCOPE')]);
  const { runs } = await findRuns({ root, roots: new Set(roots), shelves });
  return runs.map((run) => run.slice(root.length + 1));
}

describe('a folder with a record folder', () => {
  it('is a run, at any depth, whatever it is called, in the order of the paths', async () => {
    expect(await found(`b/${RECORD}`, `a/c/d/e/${RECORD}`, 'SCOPE/Run_1/.exlab-wizard/')).toEqual([
      'SCOPE/Run_1',
      'a/c/d/e',
      'b',
    ]);
  });

  it('holds its data: nothing in it is a run', async () => {
    expect(await found(`Run_1/${RECORD}`, `Run_1/sub/${RECORD}`, 'Run_1/Run_2/a.tif')).toEqual(['Run_1']);
  });

  it('is no run where it is a root', async () => {
    expect(await found(RECORD, `Run_1/${RECORD}`)).toEqual(['Run_1']);
  });

  it('is a run below a hidden folder, too', async () => {
    expect(await found(`.old/Run_1/${RECORD}`)).toEqual(['.old/Run_1']);
  });
});

describe('a folder without one', () => {
  it('is a run if it is called like one, though it holds folders only, or nothing', async () => {
    expect(await found('SCOPE/Runs/Run_1/ch0/a.tif', 'SCOPE/Runs/Run_1/ch1/a.tif', 'TestRuns/TestRun_2/')).toEqual([
      'SCOPE/Runs/Run_1',
      'TestRuns/TestRun_2',
    ]);
  });

  it('is a run if it is the topmost one that holds files', async () => {
    expect(await found('SCOPE/day 1/scan/a.tif', 'SCOPE/day 1/scan/deeper/b.tif', 'SCOPE/day 1/other/x/c.tif')).toEqual(
      ['SCOPE/day 1/other/x', 'SCOPE/day 1/scan'],
    );
  });

  it('is none if a run lies below it, and those beside that run still are', async () => {
    expect(await found('day/README', `day/one/${RECORD}`, 'day/two/a.tif', 'day2/README', 'day2/Run_3/a.tif')).toEqual([
      'day/one',
      'day/two',
      'day2/Run_3',
    ]);
  });

  it('is none if it stands for an equipment, or is the shelf of runs', async () => {
    expect(await found('notes', 'SCOPE/notes', 'SCOPE/Runs/notes', 'SCOPE/TestRuns/notes')).toEqual([]);
  });

  it('is none if it is hidden, or holds only what systems leave about', async () => {
    expect(await found('.trash/a.tif', '.trash/Run_1/a.tif', 'x/.DS_Store', 'x/Thumbs.db', 'x/desktop.ini')).toEqual(
      [],
    );
  });
});

describe('the search', () => {
  it('follows no links', async () => {
    const root = emptyFolder();
    put(root, `Run_1/${RECORD}`);
    symlinkSync('Run_1', join(root, 'Run_2'));
    symlinkSync('.', join(root, 'loop'));
    expect(await below(root)).toEqual(['Run_1']);
  });

  it('leaves a root within the root to its own search', async () => {
    const root = emptyFolder();
    put(root, `inner/Run_1/${RECORD}`);
    put(root, `Run_2/${RECORD}`);
    const roots = [root, join(root, 'inner')];
    expect(await below(root, roots)).toEqual(['Run_2']);
    expect(await below(join(root, 'inner'), roots)).toEqual(['Run_1']);
  });

  it('says what it cannot look at, and goes on', async () => {
    const root = emptyFolder();
    put(root, `Run_1/${RECORD}`);
    mkdirSync(Buffer.concat([Buffer.from(`${root}/`), Buffer.from([0xff])]));
    const { runs, unread } = await findRuns({ root, roots: new Set([root]), shelves: new Set([root]) });
    expect(runs).toEqual([join(root, 'Run_1')]);
    expect(unread).toEqual([expect.objectContaining({ message: expect.stringMatching(/\\xff".*rename it/) })]);
  });

  it('says that a root is not there', async () => {
    const root = join(emptyFolder(), 'gone');
    const { runs, unread } = await findRuns({ root, roots: new Set([root]), shelves: new Set([root]) });
    expect({ runs, unread: unread.map(({ path }) => path) }).toEqual({ runs: [], unread: [root] });
  });

  it('ends when it is told to', async () => {
    const root = emptyFolder();
    put(root, 'a/b/c/file');
    const stop = new AbortController();
    const onFolder = (path: string): void => {
      if (path.endsWith('/a')) stop.abort(new Error('enough'));
    };
    const search = findRuns({ root, roots: new Set([root]), shelves: new Set([root]), onFolder, signal: stop.signal });
    await expect(search).rejects.toThrow('enough');
  });
});
