import { lstatSync, mkdirSync, readFileSync, readlinkSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import type { FetchRequest, FetchResult } from 'nas-sync';
import { MemoryTransport } from 'nas-sync/testing';
import { describe, expect, it } from 'vitest';
import { fill, Lab, listing } from '../../support/lab.js';
import { empty, keepCopy, NOTHING_WRONG } from './local-copies.js';

async function emptied(): Promise<{ lab: Lab; run: string }> {
  const lab = new Lab();
  const run = await lab.makeRun({ 'a.txt': 'a', 'b.txt': 'b', 'sub/c.txt': 'c' });
  symlinkSync('a.txt', join(run, 'to-a'));
  await lab.sync(run);
  empty(run);
  return { lab, run };
}

describe('a file with other content in the place of one', () => {
  it.each(['B', 'another length'])('is named, and nothing at all is written (%s)', async (other) => {
    const { lab, run } = await emptied();
    fill(run, { 'b.txt': other });
    const before = listing(run);

    const result = await lab.client.restore(run);

    expect(result).toMatchObject({ restored: 0, conflicts: ['b.txt'] });
    expect(listing(run)).toEqual(before);
    expect(readFileSync(join(run, 'b.txt'), 'utf8')).toBe(other);
  });

  it('is replaced where that is asked for', async () => {
    const { lab, run } = await emptied();
    fill(run, { 'a.txt': 'a', 'b.txt': 'B' });

    const result = await lab.client.restore(run, { overwrite: true });

    expect(result).toMatchObject({ restored: 3, skipped: 1, ...NOTHING_WRONG });
    expect(readFileSync(join(run, 'b.txt'), 'utf8')).toBe('b');
  });
});

it('a link with another text is a conflict, and is replaced where that is asked for', async () => {
  const { lab, run } = await emptied();
  symlinkSync('b.txt', join(run, 'to-a'));

  expect(await lab.client.restore(run)).toMatchObject({ restored: 0, conflicts: ['to-a'] });
  expect(await lab.client.restore(run, { overwrite: true })).toMatchObject({ restored: 4, ...NOTHING_WRONG });

  expect(readlinkSync(join(run, 'to-a'))).toBe('a.txt');
});

const OBSTACLES: Readonly<Record<string, { put: (run: string) => unknown; conflicts: string[] }>> = {
  'a folder where a file goes': { put: (run) => mkdirSync(join(run, 'b.txt')), conflicts: ['b.txt'] },
  'a link where a file goes': { put: (run) => symlinkSync('a.txt', join(run, 'b.txt')), conflicts: ['b.txt'] },
  'a pipe where a file goes': { put: (run) => execa('mkfifo', [join(run, 'b.txt')]), conflicts: ['b.txt'] },
  'a file where a link goes': { put: (run) => writeFileSync(join(run, 'to-a'), 'a'), conflicts: ['to-a'] },
  'a file where a folder goes': { put: (run) => writeFileSync(join(run, 'sub'), ''), conflicts: ['sub', 'sub/c.txt'] },
};

describe.each(Object.entries(OBSTACLES))('%s', (_, { put, conflicts }) => {
  it.each([false, true])('is never replaced (overwrite: %s)', async (overwrite) => {
    const { lab, run } = await emptied();
    await put(run);
    const before = listing(run);

    expect(await lab.client.restore(run, { overwrite })).toMatchObject({ restored: 0, conflicts });

    expect(listing(run)).toEqual(before);
  });
});

describe('a link that somebody put into the destination', () => {
  it.each([false, true])('leads no file elsewhere (overwrite: %s)', async (overwrite) => {
    const { lab, run } = await emptied();
    mkdirSync(lab.at('elsewhere'));
    mkdirSync(lab.at('back'));
    symlinkSync(lab.at('elsewhere'), lab.at('back/sub'));

    const result = await lab.client.restore(run, { to: lab.at('back'), overwrite });

    expect(result).toMatchObject({ restored: 0, conflicts: ['sub', 'sub/c.txt'] });
    expect(listing(lab.at('elsewhere'))).toEqual([]);
  });

  it('in the place of the record folder is refused', async () => {
    const { lab, run } = await emptied();
    mkdirSync(lab.at('elsewhere'));
    mkdirSync(lab.at('back'));
    symlinkSync(lab.at('elsewhere'), lab.at('back/.exlab-wizard'));

    await expect(lab.client.restore(run, { to: lab.at('back') })).rejects.toMatchObject({ code: 'not_allowed' });

    expect(listing(lab.at('elsewhere'))).toEqual([]);
    expect(listing(lab.at('back'))).not.toContain('a.txt');
  });

  it('in the place of the run is refused', async () => {
    const { lab, run } = await emptied();
    rmSync(run, { recursive: true });
    mkdirSync(lab.at('elsewhere'));
    symlinkSync(lab.at('elsewhere'), run);

    await expect(lab.client.restore(run)).rejects.toMatchObject({ code: 'not_allowed' });

    expect(listing(lab.at('elsewhere'))).toEqual([]);
  });
});

/** A NAS on the way from which somebody does something at the destination. */
class Meddling extends MemoryTransport {
  meddle = (): void => undefined;

  override async fetch(request: FetchRequest): Promise<FetchResult> {
    const result = await super.fetch(request);
    this.meddle();
    return result;
  }
}

describe('what is put into the destination while files are on their way', () => {
  it.each([false, true])(
    'is not replaced, or only a file where that is asked for (overwrite: %s)',
    async (overwrite) => {
      const lab = new Lab();
      const transport = new Meddling();
      const client = lab.open({ transport });
      const run = await lab.makeRun({ 'a.txt': 'a', 'b.txt': 'b', 'sub/c.txt': 'c' });
      await lab.sync(run, client);
      const kept = keepCopy(lab, run);
      empty(run);
      mkdirSync(lab.at('elsewhere'));
      transport.meddle = () => {
        fill(run, { 'a.txt': 'mine' });
        symlinkSync('a.txt', join(run, 'b.txt'));
        rmSync(join(run, 'sub'), { recursive: true });
        symlinkSync(lab.at('elsewhere'), join(run, 'sub'));
      };

      const result = await client.restore(run, { overwrite });

      expect(result.conflicts).toEqual(overwrite ? ['b.txt', 'sub/c.txt'] : ['a.txt', 'b.txt', 'sub/c.txt']);
      expect(readFileSync(join(run, 'a.txt'), 'utf8')).toBe(overwrite ? 'a' : 'mine');
      expect(lstatSync(join(run, 'b.txt')).isSymbolicLink()).toBe(true);
      expect(listing(lab.at('elsewhere'))).toEqual([]);
      expect(listing(kept)).toContain('b.txt');
    },
  );
});
