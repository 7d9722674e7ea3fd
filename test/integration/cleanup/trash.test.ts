import { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SimulatedClock } from 'nas-sync/testing';
import { describe, expect, it } from 'vitest';
import { DeletionLab, HOUR, T0, TRASH } from '../../support/deletion-lab.js';
import { listing, sha256sumCheck } from '../../support/lab.js';

const TREE = { 'a.txt': 'a', 'deep/b.txt': 'bb', 'deep/empty/': '', 'deep/er/c.bin': 'ccc' };
const LINKS = { 'deep/to a': '../a.txt' };
const LEFT = ['.exlab-wizard/', '.exlab-wizard/checksums.sha256', '.exlab-wizard/creation.json'];
const IN_TRASH = ['a.txt', 'deep/', 'deep/b.txt', 'deep/er/', 'deep/er/c.bin', 'deep/to a@'];

describe('a run that is let go with trash_hours', () => {
  it('goes to the trash on the same volume first, byte for byte and inode for inode', async () => {
    const lab = new DeletionLab();
    const config = lab.configWith({ trashHours: 24 });
    const run = await lab.proven(TREE, LINKS, config);
    const inode = statSync(join(run, 'deep/b.txt')).ino;
    await lab.letGo(config);
    expect(listing(run).filter((path) => !path.startsWith('.exlab-wizard'))).toEqual([]);
    expect(listing(join(run, TRASH))).toEqual(IN_TRASH);
    expect(statSync(join(run, TRASH, 'deep/b.txt')).ino).toBe(inode);
    expect(lab.lost(run)).toEqual([]);
  });

  it('says that it waits for the trash, and until when', async () => {
    const lab = new DeletionLab();
    const { run, client } = await lab.trashed(TREE);
    expect(await client.job(run)).toMatchObject({
      state: 'cleanup_eligible',
      waitingFor: [{ name: 'trash', until: new Date(T0 + 24 * HOUR).toISOString() }],
    });
  });

  it('stays in the trash until the time is up, and is gone for good then', async () => {
    const lab = new DeletionLab();
    const { run, client, pass } = await lab.trashed(TREE, { links: LINKS });
    await pass(23.9);
    expect(listing(join(run, TRASH))).toEqual(IN_TRASH);
    await pass(0.2);
    expect(await client.status(run)).toBe('cleaned');
    expect(listing(run)).toEqual(LEFT);
    expect(await lab.unlike(run)).toBe('');
    await sha256sumCheck(lab.onNas(run));
  });

  it('leaves with its run folder, too', async () => {
    const lab = new DeletionLab();
    const { run, client, pass } = await lab.trashed(TREE, { cleanup: { retainCache: false } });
    await pass(25);
    expect(await client.status(run)).toBe('cleaned');
    expect(existsSync(run)).toBe(false);
  });

  it('is compared with the NAS once more, early enough to be of the age that is asked for', async () => {
    const lab = new DeletionLab();
    const { run, client, pass } = await lab.trashed(TREE, { cleanup: { minAgeHours: 6, minVerifyPasses: 1 } });
    await pass(6);
    expect(listing(join(run, TRASH))).toHaveLength(IN_TRASH.length - 1);
    const before = (await lab.events(run, client)).filter((event) => event === 'verify.succeeded').length;
    await pass(18.5);
    expect((await lab.events(run, client)).filter((event) => event === 'verify.succeeded')).toHaveLength(before + 1);
    expect(await client.status(run)).toBe('cleanup_eligible');
    await pass(6);
    expect(await client.status(run)).toBe('cleaned');
  });

  it('is as it was after a restart in between', async () => {
    const lab = new DeletionLab();
    const { run, client, pass, config } = await lab.trashed(TREE);
    await pass(12);
    await client.close();
    await lab.letGo(config, T0 + 13 * HOUR, 1);
    expect(listing(join(run, TRASH))).toContain('a.txt');
    await lab.letGo(config, T0 + 25 * HOUR);
    expect(listing(run)).toEqual(LEFT);
  });
});

describe('a run whose files are in the trash', () => {
  it('is the same to enqueue: nothing of it is missing, nothing is pushed', async () => {
    const lab = new DeletionLab();
    const { run, client } = await lab.trashed(TREE);
    const before = await lab.events(run, client);
    expect(await client.enqueue(run)).toMatchObject({ state: 'cleanup_eligible' });
    await client.idle();
    expect(await lab.events(run, client)).toEqual(before);
  });

  it('comes back when it is cancelled and retried, with its links and empty folders', async () => {
    const lab = new DeletionLab();
    const { run, client } = await lab.trashed(TREE, { links: LINKS });
    await client.cancel(run);
    expect(lab.lost(run)).toEqual([]);
    await client.close();
    const next = lab.open({ config: lab.configWith({ enabled: false }), clock: new SimulatedClock(T0) });
    await next.retry(run);
    await next.idle();
    expect(await next.status(run)).toBe('verified');
    const whole = (folder: string) => listing(folder).filter((path) => !path.startsWith('.exlab-wizard'));
    expect(whole(run)).toEqual(whole(lab.copy));
    expect(existsSync(join(run, TRASH))).toBe(false);
  });

  it('is proven while it is there', async () => {
    const lab = new DeletionLab();
    const { run, client, pass } = await lab.trashed(TREE, { links: LINKS, cleanup: { trashHours: 100 } });
    const manifest = readFileSync(lab.onNas(run, '.exlab-wizard/checksums.sha256'));
    await pass(60);
    expect((await lab.events(run, client)).filter((event) => event === 'verify.succeeded').length).toBe(2);
    expect(readFileSync(lab.onNas(run, '.exlab-wizard/checksums.sha256'))).toEqual(manifest);
    expect(await client.forceVerify(run)).toMatchObject({ ok: true, files: 3 });
    await pass(42);
    expect(await client.status(run)).toBe('cleaned');
  });

  it('may be put back by hand: all of it comes back then, and its passes start again', async () => {
    const lab = new DeletionLab();
    const { run, client, pass } = await lab.trashed(TREE);
    mkdirSync(join(run, 'deep'));
    renameSync(join(run, TRASH, 'deep/b.txt'), join(run, 'deep/b.txt'));
    await pass(24);
    expect(await lab.events(run, client)).toContain('run.changed');
    expect(lab.lost(run)).toEqual([]);
    await pass(26);
    expect(await client.status(run)).toBe('cleaned');
    expect(listing(run)).toEqual(LEFT);
  });

  it('keeps what was changed in the trash, and says so', async () => {
    const lab = new DeletionLab();
    const { run, client, pass } = await lab.trashed(TREE);
    writeFileSync(join(run, TRASH, 'deep/b.txt'), 'XX');
    await pass(25);
    expect(readFileSync(join(run, TRASH, 'deep/b.txt'), 'utf8')).toBe('XX');
    expect(await client.job(run)).toMatchObject({
      state: 'cleanup_eligible',
      waitingFor: [{ name: 'kept_files', measured: expect.stringContaining('deep/b.txt') as string }],
    });
  });
});
