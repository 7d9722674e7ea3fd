import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DeletionLab, HOUR, T0, TRASH } from '../../support/deletion-lab.js';
import { listing } from '../../support/lab.js';

const TREE = { 'a.txt': 'a', 'deep/b.txt': 'bb', 'deep/empty/': '', 'deep/er/c.bin': 'ccc' };
const LEFT = ['.exlab-wizard/', '.exlab-wizard/checksums.sha256', '.exlab-wizard/creation.json'];

describe('the time in the trash', () => {
  it.for([10 * 365 * 24, -10 * 365 * 24])('is not over early when the wall clock is set by %i hours', async (by) => {
    const lab = new DeletionLab();
    const { run, client, clock, pass } = await lab.trashed(TREE);
    clock.jump(by * HOUR);
    await pass(23);
    expect(listing(join(run, TRASH))).toContain('a.txt');
    await pass(2);
    expect(await client.status(run)).toBe('cleaned');
  });

  it('is over at once when the policy knows no trash any more', async () => {
    const lab = new DeletionLab();
    const { run, client } = await lab.trashed(TREE);
    await client.close();
    await lab.letGo(lab.configWith({ trashHours: 0 }), T0 + HOUR);
    expect(listing(run)).toEqual(LEFT);
  });

  it('does not run while deletion is switched off, and goes on once it is on again', async () => {
    const lab = new DeletionLab();
    const { run, client, config } = await lab.trashed(TREE);
    await client.close();
    await lab.letGo(lab.configWith({ trashHours: 24, enabled: false }), T0 + HOUR, 48);
    expect(listing(join(run, TRASH))).toContain('a.txt');
    await lab.letGo(config, T0 + 50 * HOUR);
    expect(listing(run)).toEqual(LEFT);
  });
});
