import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { flipBit } from '../../support/damage.js';
import { DeletionLab, TRASH } from '../../support/deletion-lab.js';
import { sha256sumCheck } from '../../support/lab.js';

const TREE = { 'a.txt': 'a', 'deep/b.txt': 'bb', 'deep/empty/': '', 'deep/er/c.bin': 'ccc' };

const read = (...path: string[]): string | null => {
  const file = join(...path);
  return existsSync(file) ? readFileSync(file, 'utf8') : null;
};

describe('a new file in a run whose others are in the trash', () => {
  it('is never deleted; the job says so, and it is synced in the end', async () => {
    const lab = new DeletionLab();
    const { run, client, pass } = await lab.trashed(TREE, { cleanup: { minAgeHours: 4 } });
    await pass(5);
    mkdirSync(join(run, 'deep'));
    writeFileSync(join(run, 'deep/new.txt'), 'new');
    await pass(20);
    const said = (await client.history(run)).map(({ detail }) => JSON.stringify(detail)).join('\n');
    expect(said).toContain('deep/new.txt');
    expect(read(run, 'deep/new.txt') ?? read(lab.onNas(run), 'deep/new.txt')).toBe('new');
    expect(lab.lost(run)).toEqual([]);
    await pass(40);
    expect(await client.status(run)).toBe('cleaned');
    expect(read(lab.onNas(run), 'deep/new.txt')).toBe('new');
    await sha256sumCheck(lab.onNas(run));
    expect(lab.lost(run)).toEqual([]);
  });

  it('is synced at once when the run is enqueued again', async () => {
    const lab = new DeletionLab();
    const { run, client, pass } = await lab.trashed(TREE);
    await pass(1);
    writeFileSync(join(run, 'new.txt'), 'new');
    await client.enqueue(run);
    await client.idle();
    expect(read(lab.onNas(run), 'new.txt')).toBe('new');
    expect(read(lab.onNas(run), '.exlab-wizard/checksums.sha256')).toContain('deep/b.txt');
    expect(lab.lost(run)).toEqual([]);
  });
});

describe('the path of a file that is in the trash, taken by another file', () => {
  const taken = async () => {
    const lab = new DeletionLab();
    const made = await lab.trashed(TREE);
    writeFileSync(join(made.run, 'a.txt'), 'another');
    return { lab, ...made };
  };

  it('keeps both when the time is up', async () => {
    const { run, client, pass } = await taken();
    await pass(23);
    expect(read(run, TRASH, 'a.txt')).toBe('a');
    expect(read(run, 'a.txt')).toBe('another');
    expect(await client.status(run)).not.toBe('cleaned');
  });

  it('keeps both when the others come back, and however often they go to the trash again', async () => {
    const { lab, run, client, pass } = await taken();
    await pass(1);
    await client.enqueue(run);
    await client.idle();
    await pass(80);
    const places = [read(run, TRASH, 'a.txt'), read(run, 'a.txt'), read(lab.onNas(run), 'a.txt')];
    expect(places, 'the one that was proven').toContain('a');
    expect(places, 'the one that came later').toContain('another');
    expect(await client.status(run)).not.toBe('cleaned');
    expect(await client.job(run)).toMatchObject({
      waitingFor: [{ name: 'kept_files', measured: expect.stringContaining('a.txt') as string }],
    });
  });
});

describe('what a stranger put into the trash', () => {
  it('stays there when the others go for good, and the job names it', async () => {
    const lab = new DeletionLab();
    const { run, client, pass } = await lab.trashed(TREE);
    writeFileSync(join(run, TRASH, 'deep/mine.txt'), 'mine');
    await pass(25);
    expect(read(run, TRASH, 'deep/mine.txt')).toBe('mine');
    expect(await client.status(run)).not.toBe('cleaned');
    const { waitingFor } = (await client.job(run))!;
    expect(waitingFor).toMatchObject([{ name: 'kept_files' }]);
    rmSync(join(run, TRASH, 'deep/mine.txt'));
    await pass(50);
    expect(await client.status(run)).toBe('cleaned');
  });

  it('is not lost when the others come back', async () => {
    const lab = new DeletionLab();
    const { run, pass } = await lab.trashed(TREE, { cleanup: { minAgeHours: 4 } });
    await pass(5);
    writeFileSync(join(run, TRASH, 'mine.txt'), 'mine');
    flipBit(lab.onNas(run, 'a.txt'));
    await pass(21);
    expect(read(run, 'mine.txt') ?? read(run, TRASH, 'mine.txt')).toBe('mine');
    expect(lab.lost(run)).toEqual([]);
  });

  it('is no way out: a link in place of the trash, or of a folder in it, is not followed', async () => {
    const lab = new DeletionLab();
    const { run, client, pass } = await lab.trashed(TREE);
    mkdirSync(lab.at('elsewhere/er'), { recursive: true });
    writeFileSync(lab.at('elsewhere/b.txt'), 'bb');
    writeFileSync(lab.at('elsewhere/er/c.bin'), 'ccc');
    rmSync(join(run, TRASH, 'deep'), { recursive: true });
    symlinkSync(lab.at('elsewhere'), join(run, TRASH, 'deep'));
    await pass(25);
    expect(read(lab.at('elsewhere/b.txt'))).toBe('bb');
    expect(read(lab.at('elsewhere/er/c.bin'))).toBe('ccc');
    expect(await client.status(run)).not.toBe('cleaned');
  });
});
