import { cpSync, renameSync, symlinkSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import type { NasSyncClient } from 'nas-sync';
import { ODD_NAMES, type OddName } from 'nas-sync/testing';
import { expect, it, vi } from 'vitest';
import { differences, Lab, listing, noise, sha256sumCheck } from '../../support/lab.js';
import { flipByte } from '../pass/damage.js';
import { remoteOf, REMOTES, type RemoteName } from '../rclone/remotes.js';
import { FLAVOURS, RsyncLab } from '../rsync/rsync-lab.js';
import { empty, keepCopy, NOTHING_WRONG } from './local-copies.js';

interface Way {
  readonly lab: Lab;
  readonly client: NasSyncClient;
  /** The same way, by a policy that lets a run go after one pass; with `hours` in the trash. */
  readonly letting: (hours?: number) => NasSyncClient;
  /** The same way, for a workstation with an empty queue. */
  readonly afterLoss: () => NasSyncClient;
  /** A file of the run on the NAS's own disk. */
  readonly onDisk: (run: string, name: string) => string;
  readonly keepsLinks: boolean;
  readonly refuses: readonly OddName[];
}

const NOWHERE: readonly OddName[] = [];
const LINE_BREAKS: readonly OddName[] = ['newline', 'carriage return', 'carriage return and newline at the end'];
/** What these cannot hold: the gate, or the push, says so. */
const REFUSED: Readonly<Record<RemoteName, readonly OddName[]>> = {
  local: LINE_BREAKS,
  sftp: ['tab', ...LINE_BREAKS],
  webdav: ['tab', ...LINE_BREAKS],
  smb: [
    ...LINE_BREAKS,
    ...(['tab', 'a space behind', 'only a space', 'three dots', 'backslash', 'double quote', 'an asterisk'] as const),
    ...(['what looks like an escaped newline', 'what looks like a byte', 'a question mark and brackets'] as const),
  ],
};

function mount(): Way {
  const lab = new Lab();
  return {
    lab,
    client: lab.client,
    letting: (hours) => lab.open({ config: { ...lab.config, ...atOnce(hours) } }),
    afterLoss: anew(lab),
    onDisk: onNas(lab),
    keepsLinks: true,
    refuses: NOWHERE,
  };
}

const rclone = (name: RemoteName) => async (): Promise<Way> => {
  const lab = new Lab();
  const remote = await remoteOf(name, lab);
  return {
    lab,
    client: lab.open({ transport: remote.transport() }),
    letting: (hours) => lab.open({ transport: remote.transport(), config: { ...lab.config, ...atOnce(hours) } }),
    afterLoss: () => lab.open({ transport: remote.transport(), database: lab.at('new-queue.db') }),
    onDisk: remote.onDisk,
    keepsLinks: false,
    refuses: REFUSED[name],
  };
};

const rsync = (flavour: (typeof FLAVOURS)[number]) => async (): Promise<Way> => {
  const lab = await RsyncLab.with(flavour);
  return {
    lab,
    client: lab.client,
    letting: (hours) => lab.open({ config: { ...lab.configured(), ...atOnce(hours) } }),
    afterLoss: anew(lab),
    onDisk: onNas(lab),
    keepsLinks: true,
    refuses: NOWHERE,
  };
};

const atOnce = (trashHours = 0) =>
  ({ nasCleanup: { minVerifyPasses: 1, minAgeHours: 0, minEvidence: 'cached-read', trashHours } }) as const;

const anew = (lab: Lab) => (): NasSyncClient => lab.open({ database: lab.at('new-queue.db') });

const onNas =
  (lab: Lab) =>
  (run: string, name: string): string =>
    lab.onNas(run, name);

const WAYS: readonly (readonly [string, () => Way | Promise<Way>])[] = [
  ['a mounted share', mount],
  ...REMOTES.map((name) => [`rclone to ${name}`, rclone(name)] as const),
  ...FLAVOURS.map((flavour) => [`rsync to a ${flavour} account`, rsync(flavour)] as const),
];

it.each(WAYS)('a run that was let go comes back byte for byte: %s', async (_, open) => {
  const { lab, client, letting, keepsLinks, refuses } = await open();
  const run = await lab.makeRun(treeFor(refuses));
  if (keepsLinks) symlinkSync('a.bin', join(run, 'to-a'));
  utimesSync(join(run, 'a.bin'), 1_600_000_000, 1_600_000_000);
  expect(await lab.sync(run, client)).toMatchObject({ lastError: null, verifyPasses: 1 });
  const kept = keepCopy(lab, run);
  await client.close();
  const later = letting();
  await later.acceptPolicy({ operator: 'ada' });
  await later.waitFor(run, 'cleaned');
  expect(listing(run)).toEqual(['.exlab-wizard/', '.exlab-wizard/checksums.sha256', '.exlab-wizard/creation.json']);
  // What the record says of the run has moved on; the copy is of the data.
  cpSync(join(run, '.exlab-wizard'), join(kept, '.exlab-wizard'), { recursive: true });

  const result = await later.restore(run);

  expect(result).toMatchObject({ skipped: 0, ...NOTHING_WRONG });
  expect(result.restored).toBe(result.files);
  expect(await differences(kept, run)).toBe('');
  expect(listing(run)).toEqual(listing(kept));
  await sha256sumCheck(run);
});

it.each(WAYS)(
  'a byte that was flipped there since the last pass keeps the run here, and is healed: %s',
  async (_, open) => {
    const { lab, client, letting, onDisk } = await open();
    const run = await lab.makeRun({ 'a.bin': noise(5000), 'sub/b.bin': noise(300_000, 2) });
    await lab.sync(run, client);
    await client.close();
    const kept = keepCopy(lab, run);
    flipByte(onDisk(run, 'a.bin'));

    const later = letting(1);
    await later.acceptPolicy({ operator: 'ada' });
    await vi.waitFor(async () => expect((await later.job(run))!.waitingFor).toMatchObject([{ name: 'trash' }]), 60_000);

    const events = await lab.events(run, later);
    expect(events.filter((event) => event === 'pass.due' || event === 'verify.failed')).toEqual([
      'pass.due',
      'verify.failed',
    ]);
    expect(await differences(join(kept, 'sub'), join(run, '.exlab-wizard/.nas-sync-trash/sub'))).toBe('');
    expect((await later.forceVerify(run)).ok).toBe(true);
  },
);

it.each(WAYS)('what is damaged or gone on the NAS is named, and the rest comes: %s', async (_, open) => {
  const { lab, client, onDisk } = await open();
  const run = await lab.makeRun({ 'a.bin': noise(5000), 'b.bin': noise(300_000, 2), 'sub/c.bin': 'c', 'd.txt': 'd' });
  await lab.sync(run, client);
  empty(run);
  flipByte(onDisk(run, 'b.bin'));
  renameSync(onDisk(run, 'sub'), `${onDisk(run, 'sub')}-away`);

  const result = await client.restore(run);

  expect(result).toMatchObject({ restored: 2, mismatched: ['b.bin'], missing: ['sub/c.bin'], conflicts: [] });
});

it.each(WAYS)('after the loss of the queue, a run comes back by its manifest: %s', async (_, open) => {
  const { lab, client, afterLoss } = await open();
  const run = await lab.makeRun({ 'a.bin': noise(5000), 'sub/a space.txt': 'c' });
  await lab.sync(run, client);
  const kept = keepCopy(lab, run);
  empty(run);

  const result = await afterLoss().restore(run, { to: lab.at('back') });

  expect(result).toMatchObject({ restored: 2, files: 2, ...NOTHING_WRONG });
  expect(await differences(join(kept, 'sub'), lab.at('back/sub'))).toBe('');
});

function treeFor(refuses: readonly OddName[]) {
  const names = Object.entries(ODD_NAMES).filter(([what]) => !refuses.includes(what as OddName));
  const odd = names.map(([, name], index) => [`odd/${name}`, `content ${index}`] as const);
  return { 'a.bin': noise(300_000), 'sub/deep/empty': '', ...Object.fromEntries(odd) };
}
