import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { hostname } from 'node:os';
import { promisify } from 'node:util';
import SqliteDatabase from 'better-sqlite3';
import type { DoctorCheck, DoctorReport, Transport } from 'nas-sync';
import { describe, expect, it } from 'vitest';
import { Lab, listing } from '../../support/lab.js';
import { itMounts, mirror } from '../mount/mounts.js';
import { remoteOf } from '../rclone/remotes.js';
import { RsyncLab } from '../rsync/rsync-lab.js';

const failed = ({ checks }: DoctorReport): string[] => checks.filter(({ ok }) => !ok).map(({ name }) => name);
const found = ({ checks }: DoctorReport, name: string): DoctorCheck => checks.find((check) => check.name === name)!;

describe('a target that is the local root through another door', () => {
  async function expectFound(lab: Lab, transport?: Transport): Promise<void> {
    const report = await lab.open({ drive: 'none', ...(transport === undefined ? {} : { transport }) }).doctor();
    expect(failed(report)).toContain('apart');
    expect(found(report, 'apart')).toMatchObject({
      detail: expect.stringContaining('itself, reached by another way') as string,
      fix: expect.stringContaining('two folders') as string,
    });
    expect(listing(lab.local)).toEqual([]);
  }

  it('is named: an SSH server', async () => {
    const lab = await RsyncLab.with('gnu');
    await expectFound(lab, lab.transport({ remotePath: lab.local }));
  });

  it('is named: an SFTP remote', async () => {
    const lab = new Lab();
    const { transport } = await remoteOf('sftp', lab);
    await expectFound(lab, transport({ rcloneRemotePath: lab.local }));
  });

  itMounts('is named: a mirror of it that is mounted as the share', async () => {
    const lab = new Lab();
    await mirror(lab, lab.local, lab.nas);
    await expectFound(lab);
  });
});

itMounts('a FUSE mount is told to earn cached-read, on which no deletion may rest', async () => {
  const lab = new Lab();
  mkdirSync(lab.at('disk'));
  await mirror(lab, lab.at('disk'), lab.nas);

  const report = await lab.open({ drive: 'none' }).doctor();

  expect(failed(report)).toEqual(['hash_support']);
  expect(found(report, 'hash_support')).toMatchObject({
    detail: expect.stringContaining('evidence: cached-read, which is less than nas_cleanup.min_evidence') as string,
    fix: expect.stringContaining('reach the NAS by rclone or rsync_ssh') as string,
  });
});

describe('a process at work on the same queue', () => {
  /** A worker of the queue, written by another process in these namespaces, which is alive until the test is over. */
  async function worker(lab: Lab, ...unshare: string[]): Promise<void> {
    const script = `
      import { openStore } from '#dist/persistence/store.js';
      const store = await openStore(process.argv[1]);
      await store.workers.beat('another', Date.now() + 600_000);
      console.log('here');
      process.stdin.resume();`;
    const node = [process.execPath, '--input-type=module', '--eval', script, lab.at('queue.db')];
    const [command, ...args] = unshare.length === 0 ? node : ['unshare', ...unshare, '--fork', '--kill-child', ...node];
    const child = spawn(command!, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    lab.atEnd(async () => child.kill('SIGKILL'));
    await once(child.stdout, 'data');
  }

  const workersOf = async (lab: Lab): Promise<DoctorCheck> =>
    found(await lab.open({ drive: 'none' }).doctor(), 'other_workers');

  it('is counted where each can see the other', async () => {
    const lab = new Lab();
    await worker(lab);
    expect(await workersOf(lab)).toMatchObject({ ok: true, detail: 'other processes at work on this queue: 1' });
  });

  itMounts('in a container with our host name is named, and what it means', async () => {
    const lab = new Lab();
    await worker(lab, '--pid', '--mount-proc');
    expect(await workersOf(lab)).toMatchObject({
      ok: false,
      detail: expect.stringMatching(
        new RegExp(`${hostname()}, pid 1;.* leases alone decide: .* 60 s .*clocks`, 'u'),
      ) as string,
      fix: expect.stringContaining('in one container') as string,
    });
  });

  it('in our pid namespace under another host name is named', async () => {
    const lab = new Lab();
    await worker(lab);
    const hand = new SqliteDatabase(lab.at('queue.db'));
    hand.exec("UPDATE workers SET host = 'another-name'");
    hand.close();
    expect(await workersOf(lab)).toMatchObject({
      ok: false,
      detail: expect.stringContaining('another-name') as string,
    });
  });

  it('on another machine is no finding, and one whose lease has run out none either', async () => {
    const lab = new Lab();
    await worker(lab);
    const hand = new SqliteDatabase(lab.at('queue.db'));
    hand.exec("UPDATE workers SET host = 'another-machine', namespace = 'another boot:pid:[4026531836]'");
    expect(await workersOf(lab)).toMatchObject({ ok: true });
    hand.exec(`UPDATE workers SET host = '${hostname()}', expires_at = 1`);
    hand.close();
    expect(await workersOf(lab)).toMatchObject({ ok: true, detail: 'other processes at work on this queue: 0' });
  });

  itMounts('cannot be told of by one that sees the /proc of another namespace, which says so', async () => {
    const lab = new Lab();
    const script = `
      import { NasSyncClient } from 'nas-sync';
      const [config, database] = JSON.parse(process.argv[1]);
      const client = new NasSyncClient({ config, database, drive: 'none' });
      console.log(JSON.stringify(await client.doctor()));
      await client.close();`;
    const told = JSON.stringify([lab.config, lab.at('queue.db')]);
    const node = [process.execPath, '--input-type=module', '--eval', script, told];
    const { stdout } = await promisify(execFile)('unshare', ['--pid', '--fork', ...node]);
    expect(found(JSON.parse(stdout) as DoctorReport, 'other_workers')).toMatchObject({
      ok: false,
      fix: expect.stringContaining("container's own /proc") as string,
    });
  });
});
