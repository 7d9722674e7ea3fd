import { readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NasSyncClient, ProofCheck, ProofDocument } from 'nas-sync';
import { describe, expect, it } from 'vitest';
import { sealed } from '#dist/proof/document.js';
import { EQUIPMENT, Lab } from '../../support/lab.js';
import { flipByte, TREE } from '../pass/damage.js';
import { remoteOf } from '../rclone/remotes.js';
import { RsyncLab } from '../rsync/rsync-lab.js';

interface Proven {
  readonly client: NasSyncClient;
  readonly document: ProofDocument;
  /** The run's place on the NAS, on this machine's disk. */
  readonly copy: string;
}

async function prove(lab: Lab, client: NasSyncClient, copyOf: (run: string) => string, links = false): Promise<Proven> {
  const run = await lab.makeRun(TREE);
  if (links) symlinkSync('a.bin', join(run, 'to-a'));
  const { jobId } = await lab.sync(run, client);
  const document = await client.proof(jobId);
  rmSync(run, { recursive: true });
  return { client, document, copy: copyOf(run) };
}

async function byRsync(flavour: 'gnu' | 'rsync-only'): Promise<Proven> {
  const lab = await RsyncLab.with(flavour);
  return prove(lab, lab.client, (run) => lab.onNas(run), true);
}

async function byRclone(name: 'local' | 'sftp' | 'webdav'): Promise<Proven> {
  const lab = new Lab();
  const { options, onDisk } = await remoteOf(name, lab);
  const { rcloneRemote, rcloneRemotePath, rcloneConfig } = options;
  const transport = { type: 'rclone' as const, rcloneRemote, rcloneRemotePath, rcloneConfig };
  const client = lab.open({ config: { equipment: [{ id: EQUIPMENT, localRoot: lab.local, transport }] } });
  return prove(lab, client, (run) => onDisk(run));
}

const SAME: Partial<ProofCheck> = { ok: true, mismatched: [], missing: [], extra: [], files: 4 };

/** How each way lets a document be checked, the run itself being gone. */
describe.each([
  ['rclone, a local remote', () => byRclone('local'), 'read-back'],
  ['rclone over SFTP, which tells SHA-1', () => byRclone('sftp'), 'remote-hash'],
  ['rclone over WebDAV, which tells nothing', () => byRclone('webdav'), 'read-back'],
  ['rsync with a shell', () => byRsync('gnu'), 'remote-hash'],
  ['rsync only, which can but compare with files that are gone', () => byRsync('rsync-only'), 'read-back'],
] as const)('%s', (_, way, evidence) => {
  it('finds the copy of a cleaned run right, and damage of every kind', async () => {
    const { client, document, copy } = await way();
    const before = temporaryFolders();

    expect(await client.checkProof(document)).toMatchObject({ ...SAME, evidence });

    flipByte(join(copy, 'b.bin'));
    rmSync(join(copy, 'd.txt'));
    const damaged = await client.checkProof(document);
    expect(damaged).toMatchObject({ ok: false, mismatched: ['b.bin'], missing: ['d.txt'], extra: [] });
    expect(temporaryFolders()).toEqual(before);
  });
});

it('a hash that the document does not hold is no hash: the files are read back', async () => {
  const { client, document } = await byRclone('sftp');
  expect(document.files[0]?.other).toMatch(/^(?:md5|sha1):/);

  const { sha256: _, ...body } = document;
  const without = sealed({ ...body, files: body.files.map((file) => ({ ...file, other: null })) });

  expect(await client.checkProof(without)).toMatchObject({ ...SAME, evidence: 'read-back' });
});

it('is told as work of the run while it goes on, and ends with the wish to stop', async () => {
  const lab = new Lab();
  const { client, document } = await prove(lab, lab.client, (run) => lab.onNas(run));
  const phases: (string | undefined)[] = [];
  client.live.subscribe(({ context }) => phases.push(context.jobs[document.run.jobId]?.work?.phase));

  await client.checkProof(document);
  await expect(client.checkProof(document, { signal: AbortSignal.abort(new Error('stop')) })).rejects.toThrow('stop');

  expect(phases).toContain('verify');
  expect(phases.at(-1)).toBeUndefined();
});

const temporaryFolders = (): string[] => readdirSync(tmpdir()).filter((name) => name.startsWith('nas-sync-proof-'));
