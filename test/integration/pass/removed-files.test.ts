import { existsSync, readFileSync, renameSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { NasSyncError, type NasSyncClient, type PushRequest, type Transport } from 'nas-sync';
import { MountTransport } from '#dist/transports/mount/mount-transport.js';
import { expect, it } from 'vitest';
import { fill, Lab, noise } from '../../support/lab.js';
import { isProven, onNas } from './set-aside.js';

/** A program has a table open in WAL mode, as instruments do. */
function acquire(file: string): { finish: () => void } {
  const db = new Database(file);
  db.pragma('journal_mode = WAL');
  db.exec('CREATE TABLE frames (id INTEGER PRIMARY KEY, data BLOB)');
  for (let id = 0; id < 20; id += 1) db.prepare('INSERT INTO frames VALUES (?, ?)').run(id, noise(2000, id));
  return { finish: () => db.close() };
}

it('a database that was synced while its program had it open is proven again once that has closed it', async () => {
  const lab = new Lab();
  const run = await lab.makeRun({ 'method.txt': 'm' });
  const program = acquire(join(run, 'analysis.tdf'));
  await lab.sync(run);
  program.finish();
  expect(existsSync(join(run, 'analysis.tdf-wal'))).toBe(false);

  await lab.sync(run);

  await isProven(lab, run);
  expect(onNas(lab, run)).toEqual(
    ['aside:analysis.tdf-shm', 'aside:analysis.tdf-wal', 'analysis.tdf', 'method.txt'].sort(),
  );
  expect(readFileSync(lab.onNas(run, 'analysis.tdf'))).toEqual(readFileSync(join(run, 'analysis.tdf')));
});

it('a pass that finds a file gone sends the run to a new push by itself', async () => {
  const lab = new Lab();
  const run = await lab.makeRun({ 'a.raw': 'a', 'a.raw.lock': '' });
  await lab.sync(run);
  unlinkSync(join(run, 'a.raw.lock'));

  await lab.client.requestPass(run, 'test');
  await lab.client.waitFor(run, 'verified');
  await lab.client.idle();

  await isProven(lab, run);
  expect(onNas(lab, run)).toEqual(['a.raw', 'aside:a.raw.lock']);
});

const CHANGES: Readonly<Record<string, { change: (run: string) => void; then: readonly string[] }>> = {
  'a file gets its final name': {
    change: (run) => renameSync(join(run, 'x.fastq.gz.tmp'), join(run, 'x.fastq.gz')),
    then: ['aside:x.fastq.gz.tmp', 'folder/', 'folder/deep/', 'folder/deep/b', 'folder/empty/', 'link@', 'x.fastq.gz'],
  },
  'a folder is renamed, with the empty one in it': {
    change: (run) => renameSync(join(run, 'folder'), join(run, 'Folder 2')),
    then: [
      'Folder 2/',
      'Folder 2/deep/',
      'Folder 2/deep/b',
      'Folder 2/empty/',
      'aside:folder/',
      'aside:folder/deep/',
      'aside:folder/deep/b',
      'link@',
      'x.fastq.gz.tmp',
    ],
  },
  'a file becomes a folder': {
    change: (run) => {
      unlinkSync(join(run, 'x.fastq.gz.tmp'));
      fill(run, { 'x.fastq.gz.tmp/part': 'p' });
    },
    then: [
      'aside:x.fastq.gz.tmp',
      'folder/',
      'folder/deep/',
      'folder/deep/b',
      'folder/empty/',
      'link@',
      'x.fastq.gz.tmp/',
      'x.fastq.gz.tmp/part',
    ],
  },
  'a folder becomes a file': {
    change: (run) => {
      rmSync(join(run, 'folder'), { recursive: true });
      writeFileSync(join(run, 'folder'), 'packed');
    },
    then: [...['aside:folder/', 'aside:folder/deep/', 'aside:folder/deep/b', 'folder', 'link@'], 'x.fastq.gz.tmp'],
  },
  'a link becomes a file, and a folder goes': {
    change: (run) => {
      unlinkSync(join(run, 'link'));
      writeFileSync(join(run, 'link'), 'no link');
      rmSync(join(run, 'folder'), { recursive: true });
    },
    then: ['aside:folder/', 'aside:folder/deep/', 'aside:folder/deep/b', 'aside:link@', 'link', 'x.fastq.gz.tmp'],
  },
};

async function makeTree(lab: Lab): Promise<string> {
  const run = await lab.makeRun({ 'x.fastq.gz.tmp': 'reads', 'folder/deep/b': 'b', 'folder/empty/': '' });
  symlinkSync('x.fastq.gz.tmp', join(run, 'link'));
  return run;
}

it.each(Object.entries(CHANGES))('after a proof, %s: the run is proven as it is now', async (_, { change, then }) => {
  const lab = new Lab();
  const run = await makeTree(lab);
  await lab.sync(run);
  change(run);

  await lab.sync(run);

  await isProven(lab, run);
  expect(onNas(lab, run)).toEqual([...then].sort());
});

/** A NAS to which the first push gets all bytes, and is cut off before anything of it is noted. */
class CutOff extends MountTransport {
  #cut = true;

  override async push(request: PushRequest) {
    if (!this.#cut) return super.push(request);
    this.#cut = false;
    await super.push({ ...request, onDigests: () => undefined });
    throw new NasSyncError('network', 'cut off');
  }
}

it.each(Object.entries(CHANGES))(
  'between two pushes, %s: the run is proven as it is now',
  async (_, { change, then }) => {
    const lab = new Lab();
    const run = await makeTree(lab);
    const cutOff = new CutOff({ path: lab.nas, timeoutSeconds: 60 });
    const first = lab.open({ transport: cutOff });
    const { jobId } = await first.enqueue(run);
    await first.settled([jobId]);
    await first.close({ deadline: 0 });
    expect(onNas(lab, run)).toContain('x.fastq.gz.tmp');
    change(run);

    await lab.sync(run);

    await isProven(lab, run);
    expect(onNas(lab, run)).toEqual([...then].sort());
  },
);

it('a file that goes while it is pushed puts the push off, and the run is proven without it', async () => {
  const lab = new Lab({ uploadMbps: 8 });
  const run = await lab.makeRun({ 'a.bin': noise(262_144), 'b.tmp': noise(262_144, 2), 'c.bin': noise(100, 3) });
  await lab.pushing(run);
  unlinkSync(join(run, 'b.tmp'));

  await lab.client.waitFor(run, 'verified');
  await lab.client.idle();

  await isProven(lab, run);
  expect(await lab.client.job(run)).toMatchObject({ attempts: 0 });
  expect(onNas(lab, run).filter((path) => !path.startsWith('aside:'))).toEqual(['a.bin', 'c.bin']);
});

it('explain and the proof name what left the run, and where the NAS keeps it', async () => {
  const lab = new Lab();
  const run = await lab.makeRun({ 'a.tdf': 'a', 'a.tdf-wal': 'w' });
  await lab.sync(run);
  unlinkSync(join(run, 'a.tdf-wal'));
  await lab.sync(run);

  const { removed = [] } = await lab.client.explain(run);

  expect(removed).toMatchObject([{ path: 'a.tdf-wal', by: null, reason: 'gone from the run' }]);
  expect(readFileSync(lab.onNas(run, removed[0]!.setAsideTo!), 'utf8')).toBe('w');
  const proof = await lab.client.proof(run);
  expect(proof.removed).toMatchObject([{ path: 'a.tdf-wal' }]);
  expect(proof.files.map(({ path }) => path)).toEqual(['a.tdf']);
  expect(await lab.client.checkProof(proof)).toMatchObject({ ok: true });
});

it.each(['-wal', '-shm', '-journal', '.tmp', '.lock'])(
  'a stale %s is not restored beside another version of its file',
  async (suffix) => {
    const lab = new Lab();
    const run = await lab.makeRun({ 'a.tdf': 'a', [`a.tdf${suffix}`]: 'log' });
    await lab.sync(run);
    unlinkSync(join(run, `a.tdf${suffix}`));
    writeFileSync(join(run, 'a.tdf'), 'checkpointed');

    await expect(lab.client.restore(run, { files: [`a.tdf${suffix}`] })).rejects.toMatchObject({ code: 'not_allowed' });

    expect(existsSync(join(run, `a.tdf${suffix}`))).toBe(false);
    rmSync(join(run, 'a.tdf'));
    expect(await lab.client.restore(run)).toMatchObject({ restored: 2, conflicts: [] });
  },
);

/** Fails once, right after it has moved what it was told to. */
class CutAside extends MountTransport {
  #cut = true;

  override async setAside(request: Parameters<Transport['setAside']>[0]): Promise<void> {
    await super.setAside(request);
    if (!this.#cut) return;
    this.#cut = false;
    throw new NasSyncError('network', 'cut off');
  }
}

it('a setting aside that was cut off is ended by the next push, and known once', async () => {
  const lab = new Lab();
  const run = await lab.makeRun({ 'a.tdf': 'a', 'a.tdf-wal': 'w' });
  await lab.sync(run);
  await lab.client.close();
  unlinkSync(join(run, 'a.tdf-wal'));
  const client: NasSyncClient = lab.open({ transport: new CutAside({ path: lab.nas, timeoutSeconds: 60 }) });

  await lab.sync(run, client);

  expect(await client.job(run)).toMatchObject({ state: 'verified' });
  expect(onNas(lab, run)).toEqual(['a.tdf', 'aside:a.tdf-wal']);
  expect((await client.explain(run)).removed).toHaveLength(1);
});
