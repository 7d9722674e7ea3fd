import { readdirSync, renameSync } from 'node:fs';
import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { differences, Lab, type Tree } from '../../support/lab.js';
import type { SmbServer } from '../../support/servers/smb-server.js';
import { remoteOf } from './remotes.js';

/** A Samba whose share is told to refuse these names. */
async function sync(veto: string, tree: Tree, name = 'Run_1') {
  const lab = new Lab({ delays: ['1h'] });
  const remote = await remoteOf('smb', lab);
  const server = remote.server as SmbServer;
  await server.goDown();
  await appendFile(join(server.root, 'smb.conf'), `veto files = ${veto}\n`);
  await server.comeUp();
  const client = lab.open({ transport: remote.transport() });
  const run = await lab.makeRun(tree, name);
  return { lab, remote, client, run, job: await lab.sync(run, client, { patient: false }) };
}

describe('a name that an SMB server vetoes is named at the first try', () => {
  const vetoed: [string, string, Tree, string][] = [
    ['a file', '/*.mp3/', { 'a.txt': 'a', 'sub/voice memo.mp3': 'x' }, 'voice memo.mp3'],
    ['a folder', '/lost+found/', { 'a.txt': 'a', 'deep/lost+found/x': 'x' }, 'lost+found'],
    ['a temporary file of the instrument', '/*.tmp/~$*/', { 'a.txt': 'a', '~$notes.docx': 'x' }, '~$notes.docx'],
    ['one of many', '/Thumbs.db/', { 'a.txt': 'a', 'b.txt': 'b', 'c/Thumbs.db': 'x', 'd.txt': 'd' }, 'Thumbs.db'],
  ];
  for (const [what, veto, tree, name] of vetoed) {
    it(what, async () => {
      const { job, remote, run } = await sync(veto, tree);

      expect(job).toMatchObject({ state: 'failed', lastError: { kind: 'source_invalid' } });
      expect(job.lastError!.message).toContain(`the target takes other names, but not "${name}"; rename it`);
      expect(await differences(run, remote.onDisk(run))).not.toContain('.nas-sync-');
    });
  }

  it('the run folder itself', async () => {
    const { job } = await sync('/Run_*/', { 'a.txt': 'a' });

    expect(job).toMatchObject({ state: 'failed', lastError: { kind: 'source_invalid' } });
    expect(job.lastError!.message).toContain('not "Run_1"; rename it');
  });

  it('and is copied and proven once it has another name', async () => {
    const { lab, client, run } = await sync('/*.mp3/', { 'a.txt': 'a', 'memo.mp3': 'x' });
    renameSync(join(run, 'memo.mp3'), join(run, 'memo.audio'));
    await client.retry(run);

    expect((await client.waitFor(run, 'verified')).lastError).toBeNull();
    expect(await lab.events(run, client)).toContain('verify.succeeded');
  });
});

it('a share that vetoes *.tmp holds a run that has no such file', async () => {
  const { job, run, remote } = await sync('/*.tmp/', { 'a.txt': 'a', 'sub/b.txt': 'b' });

  expect(job).toMatchObject({ state: 'verified', lastError: null });
  expect(await differences(run, remote.onDisk(run))).toBe('');
});

it('a share that vetoes names with a dot in front says so at first contact, and what to do', async () => {
  const { job, remote } = await sync('/.nas*/.exlab*/', { 'a.txt': 'a' });

  expect(job).toMatchObject({ state: 'failed', lastError: { kind: 'not_configured' } });
  expect(job.lastError!.message).toContain('not .nas-sync-target.json; let it take names that begin with .nas-sync');
  expect(readdirSync(remote.disk)).toEqual([]);
});
