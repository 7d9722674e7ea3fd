import { cpSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { ConfigInput, JobView, NasSyncClient } from 'nas-sync';
import { MemoryTransport } from 'nas-sync/testing';
import { expect, it } from 'vitest';
import { EQUIPMENT, Lab, sha256sumCheck } from '../../support/lab.js';
import { snapshot } from '../cleanup/contents.js';

const HALF = { 'a.raw': 'half of it', 'notes.txt': 'the same' };
const KEEPS = { minVerifyPasses: 1, minAgeHours: 0, minEvidence: 'cached-read' } as const;
const SEAL = ['.exlab-wizard/checksums.sha256', '.exlab-wizard/creation.json'];

/** A workstation with its queue, which can be imaged, and given back as it was. */
class Workstation {
  readonly lab: Lab;
  readonly local: string;
  readonly database: string;

  constructor(lab: Lab, name: string) {
    this.lab = lab;
    this.local = lab.at(name, 'data');
    this.database = lab.at(name, 'queue.db');
    mkdirSync(this.local, { recursive: true });
  }

  get run(): string {
    return join(this.local, 'Run_1');
  }

  config(cleanup: ConfigInput['nasCleanup'] = {}): ConfigInput {
    const transport = { type: 'mount' as const, path: this.lab.nas };
    return {
      equipment: [{ id: EQUIPMENT, localRoot: this.local, transport }],
      retry: { delays: ['50ms', '50ms', '50ms', '50ms', '50ms'] },
      nasCleanup: { ...KEEPS, ...cleanup },
    };
  }

  image(name: string): void {
    cpSync(this.lab.at(name), this.lab.at(`${name}.image`), { recursive: true, preserveTimestamps: true });
  }

  /** What `run --once` does: all that is due, in a process of its own. */
  async runOnce(letGo = true, act?: (client: NasSyncClient) => Promise<unknown>): Promise<JobView> {
    const client = this.lab.open({ config: this.config(), database: this.database, letGo });
    await (act === undefined ? client.enqueue(this.run) : act(client));
    const [job] = await client.settled([(await client.jobs())[0]!.jobId], { patient: true });
    await client.idle();
    const after = (await client.job(job!.jobId))!;
    await client.close();
    return after;
  }
}

function workstation(name = 'pc'): Workstation {
  return new Workstation(new Lab(), name);
}

async function withRun(pc: Workstation, tree: Record<string, string> = HALF): Promise<void> {
  const made = await pc.lab.makeRun(tree);
  renameSync(made, pc.run);
}

const onNas = (pc: Workstation, ...names: string[]): string => join(pc.lab.nas, 'Run_1', ...names);

/** The other of the two disks is in the workstation now. */
function swap({ lab }: Workstation): void {
  renameSync(lab.at('pc'), lab.at('pc.away'));
  renameSync(lab.at('pc.image'), lab.at('pc'));
  renameSync(lab.at('pc.away'), lab.at('pc.image'));
}

function rowsOf({ database }: Workstation, table: 'grants' | 'planned_seals'): unknown[] {
  const db = new Database(database, { readonly: true });
  const rows = db.prepare(`SELECT * FROM ${table}`).all();
  db.close();
  return rows;
}

function plan({ database }: Workstation, pass: string): void {
  const db = new Database(database);
  db.prepare('INSERT INTO planned_seals SELECT ?, job_id, 0 FROM jobs').run(pass);
  db.close();
}

/** The folder of the workstation goes back to an earlier day. */
function putBack(pc: Workstation, name: string): void {
  rmSync(pc.lab.at(name), { recursive: true });
  cpSync(pc.lab.at(`${name}.image`), pc.lab.at(name), { recursive: true, preserveTimestamps: true });
}

const NEVER_PROVED = /never proved \(sealed \S+Z by queue [0-9a-f]{32}, pass \S+\): a\.raw, b\.raw;/u;

it.each([
  ['queued only', false, false, /the only copies of b\.raw may be those on the NAS/u],
  ['proven once', true, false, NEVER_PROVED],
  ['proven once, when the finished run was cleaned', true, true, NEVER_PROVED],
])(
  'an image from when the run was half measured and %s does not touch the finished copy',
  async (_, proven, cleaned, message) => {
    const pc = workstation();
    await withRun(pc);
    if (proven) expect((await pc.runOnce(false)).state).toBe('verified');
    pc.image('pc');
    writeFileSync(join(pc.run, 'a.raw'), 'half of it, and the other half');
    writeFileSync(join(pc.run, 'b.raw'), 'written later');
    await pc.runOnce(false);
    if (cleaned) expect((await pc.runOnce(true, (client) => client.init())).state).toBe('cleaned');
    putBack(pc, 'pc');
    const before = snapshot(pc.lab.nas);

    const job = await pc.runOnce();

    expect(job).toMatchObject({ state: 'failed', lastError: { kind: 'target_conflict' } });
    expect(job.lastError!.message).toMatch(message);
    expect(snapshot(pc.lab.nas)).toEqual(before);
  },
);

it('two workstations from one cloned disk neither replace the other’s proven copy nor both delete their own', async () => {
  const pc = workstation();
  await withRun(pc);
  expect((await pc.runOnce(false)).state).toBe('verified');
  pc.image('pc');
  writeFileSync(join(pc.run, 'a.raw'), 'measured on the first');
  expect((await pc.runOnce(false)).state).toBe('verified');
  const proven = snapshot(pc.lab.nas);

  swap(pc);
  writeFileSync(join(pc.run, 'a.raw'), 'measured on the other');
  expect(await pc.runOnce()).toMatchObject({ state: 'failed', lastError: { kind: 'target_conflict' } });
  expect(snapshot(pc.lab.nas)).toEqual(proven);

  swap(pc);
  expect((await pc.runOnce()).state).toBe('cleaned');
  swap(pc);
  expect((await pc.runOnce(true, (client) => client.retry(pc.run))).state).toBe('failed');
  expect(readFileSync(join(pc.run, 'a.raw'), 'utf8')).toBe('measured on the other');
  expect(readFileSync(onNas(pc, 'a.raw'), 'utf8')).toBe('measured on the first');
});

it('a workstation whose seal another has replaced keeps its files, and explain says why', async () => {
  const pc = workstation();
  await withRun(pc);
  await pc.runOnce(false);
  pc.image('pc');
  await pc.runOnce(false, (client) => client.requestPass(pc.run, 'test'));
  swap(pc);

  const before = snapshot(pc.local);
  const job = await pc.runOnce(true, (client) => client.init());
  expect(job).toMatchObject({ state: 'cleanup_eligible', waitingFor: [{ name: 'seal_current', ok: false }] });
  expect(job.waitingFor[0]!.measured).toMatch(/never proved \(sealed/u);
  expect(Object.keys(snapshot(pc.local))).toEqual(Object.keys(before));
  const client = pc.lab.open({ config: pc.config(), database: pc.database, drive: 'none' });
  const { deletion } = await client.explain(pc.run);
  expect(deletion).toMatchObject({ allowed: false });
  expect(deletion.interlocks.filter(({ ok }) => !ok).map(({ name }) => name)).toEqual(['seal_current']);
});

it('a queue that is restored from a backup neither heals away nor deletes what was proven since', async () => {
  const pc = workstation();
  await withRun(pc);
  await pc.runOnce(false);
  cpSync(pc.database, pc.lab.at('backup.db'));
  writeFileSync(join(pc.run, 'a.raw'), 'half of it, and the other half');
  await pc.runOnce(false);
  // The run lost its newest bytes, too, as a disk that was put together again.
  writeFileSync(join(pc.run, 'a.raw'), HALF['a.raw']);
  for (const end of ['', '-wal', '-shm']) rmSync(pc.database + end, { force: true });
  cpSync(pc.lab.at('backup.db'), pc.database);
  const before = snapshot(pc.lab.nas);

  const job = await pc.runOnce(true, (client) => client.requestPass(pc.run, 'test'));
  expect(job).toMatchObject({ state: 'failed', lastError: { kind: 'target_conflict' } });
  expect(snapshot(pc.lab.nas)).toEqual(before);
  expect(readFileSync(join(pc.run, 'a.raw'), 'utf8')).toBe(HALF['a.raw']);
});

it('a new queue goes on where the copy that another proved is equal, or lacks something', async () => {
  const pc = workstation();
  await withRun(pc);
  await pc.runOnce(false);
  rmSync(pc.database);
  writeFileSync(join(pc.run, 'b.raw'), 'new');
  expect((await pc.runOnce(false)).state).toBe('verified');
  expect(readFileSync(onNas(pc, 'b.raw'), 'utf8')).toBe('new');
});

it.each([
  ['a manifest that cannot be read', (manifest: string) => writeFileSync(manifest, 'no line of a manifest\n')],
  ['a manifest that is gone', (manifest: string) => rmSync(manifest)],
])('a new queue replaces nothing of a copy that another sealed and that now has %s', async (_, spoil) => {
  const pc = workstation();
  await withRun(pc);
  await pc.runOnce(false);
  rmSync(pc.database);
  writeFileSync(join(pc.run, 'a.raw'), 'something else');
  spoil(onNas(pc, SEAL[0]!));
  const before = snapshot(pc.lab.nas);
  expect(await pc.runOnce()).toMatchObject({ state: 'failed', lastError: { kind: 'target_conflict' } });
  expect(snapshot(pc.lab.nas)).toEqual(before);
});

it('a seal that was written when the process ended before its proof is known as our own', async () => {
  const pc = workstation();
  await withRun(pc);
  await pc.runOnce(false);
  cpSync(pc.database, pc.lab.at('before.db'));
  await pc.runOnce(false, (client) => client.requestPass(pc.run, 'test'));
  const { nas_sync: mark } = JSON.parse(readFileSync(onNas(pc, SEAL[1]!), 'utf8')) as { nas_sync: { pass: string } };
  expect(rowsOf(pc, 'planned_seals')).toMatchObject([{}, {}]);
  for (const end of ['', '-wal', '-shm']) rmSync(pc.database + end, { force: true });
  cpSync(pc.lab.at('before.db'), pc.database);
  plan(pc, mark.pass);
  writeFileSync(join(pc.run, 'a.raw'), 'half of it, and the other half');
  expect((await pc.runOnce(false)).state).toBe('verified');
  expect(readFileSync(onNas(pc, 'a.raw'), 'utf8')).toBe('half of it, and the other half');
});

it('by the word of an operator the other version is set aside on the NAS with its manifest and record, and then replaced', async () => {
  const pc = workstation();
  await withRun(pc);
  await pc.runOnce(false);
  pc.image('pc');
  writeFileSync(join(pc.run, 'a.raw'), 'half of it, and the other half');
  writeFileSync(join(pc.run, 'b.raw'), 'written later');
  await pc.runOnce(false);
  const [manifest, record] = SEAL.map((path) => readFileSync(onNas(pc, path), 'utf8'));
  swap(pc);
  expect((await pc.runOnce()).state).toBe('failed');

  const replaced = await pc.runOnce(false, (client) =>
    client.retry(pc.run, { replace: true, by: 'Ada', reason: 'the image counts' }),
  );
  expect(replaced).toMatchObject({ state: 'verified', lastError: null });
  expect(rowsOf(pc, 'grants')).toEqual([]);
  const { pass } = (JSON.parse(record!) as { nas_sync: { pass: string } }).nas_sync;
  const folder = onNas(pc, '.exlab-wizard/set-aside');
  const [name] = readdirSync(folder);
  expect(name).toContain(pass);
  const aside = (path: string): string => readFileSync(join(folder, name!, path), 'utf8');
  expect([aside('a.raw'), aside('b.raw')]).toEqual(['half of it, and the other half', 'written later']);
  expect([aside(SEAL[0]!), aside(SEAL[1]!)]).toEqual([manifest, record]);
  expect(readFileSync(onNas(pc, 'a.raw'), 'utf8')).toBe(HALF['a.raw']);
  await sha256sumCheck(onNas(pc));

  const client = pc.lab.open({ config: pc.config(), database: pc.database, drive: 'none' });
  const retried = (await client.history(pc.run)).findLast(({ event }) => event === 'retried');
  expect(retried).toMatchObject({ detail: { by: 'Ada', reason: 'replace what the NAS holds: the image counts' } });
  // Good once: the next conflict needs a word of its own.
  swap(pc);
  expect((await pc.runOnce(false, (again) => again.requestPass(pc.run, 'test'))).state).toBe('failed');
  expect((await pc.runOnce(false, (again) => again.retry(pc.run))).state).toBe('failed');
  expect(readFileSync(onNas(pc, 'a.raw'), 'utf8')).toBe(HALF['a.raw']);
});

/** Another queue seals in the moment in which this one reads the NAS back. */
class Overtaken extends MemoryTransport {
  readonly sealed = `${'0'.repeat(64)}  a.raw\n`;

  override async hash(request: Parameters<MemoryTransport['hash']>[0]) {
    const listing = await super.hash(request);
    const mark = { nas_sync: { queue: 'q', job: 'j', pass: 'p', sealed_at: 'now\u001b[2J', manifest_sha256: '' } };
    this.files.set(`${request.target}/${SEAL[0]!}`, Buffer.from(this.sealed));
    this.files.set(`${request.target}/${SEAL[1]!}`, Buffer.from(JSON.stringify(mark)));
    return listing;
  }
}

it('a seal that another queue writes while the NAS is read is not replaced, and is told safely', async () => {
  const lab = new Lab();
  const nas = new Overtaken();
  const run = await lab.makeRun(HALF);
  const job = await lab.sync(run, lab.open({ transport: nas }));
  expect(job).toMatchObject({ state: 'failed', lastError: { kind: 'target_conflict' } });
  expect(job.lastError!.message).toMatch(/never proved \(sealed [^\u001b]+ by queue q, pass p\): a\.raw;/u);
  expect(Buffer.from(nas.files.get(`Run_1/${SEAL[0]!}`)!).toString()).toBe(nas.sealed);
});

it('who sealed a copy stands in the record on the NAS alone, also once it says cleaned, and does not come back', async () => {
  const pc = workstation();
  await withRun(pc);
  expect(readFileSync(join(pc.run, SEAL[1]!), 'utf8')).not.toContain('manifest_sha256');
  await pc.runOnce(false);
  expect(readFileSync(join(pc.run, SEAL[1]!), 'utf8')).not.toContain('manifest_sha256');
  expect((await pc.runOnce(true, (client) => client.init())).state).toBe('cleaned');
  expect(JSON.parse(readFileSync(onNas(pc, SEAL[1]!), 'utf8'))).toMatchObject({
    sync_status: 'cleaned',
    nas_sync: { pass: expect.stringMatching(/-/u) as unknown },
  });
  rmSync(pc.run, { recursive: true, force: true });
  const client = pc.lab.open({ config: pc.config(), database: pc.database, drive: 'none' });
  await client.restore(pc.run);
  expect(readFileSync(join(pc.run, SEAL[1]!), 'utf8')).not.toContain('manifest_sha256');
});
