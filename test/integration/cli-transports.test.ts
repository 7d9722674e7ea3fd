import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { differences, sha256sumCheck } from '../support/lab.js';
import { rcloneConfig } from '../support/servers/rclone-remotes.js';
import { SshServer } from '../support/servers/ssh-server.js';
import { untilTestEnds } from '../support/servers/until-test-ends.js';
import { documentOf, jobsOf, Workplace } from './cli-workstation.js';
import { flipByte } from './pass/damage.js';

/** A workplace whose configuration leads to a real SSH server, one way or the other. */
async function workplace(way: 'rsync_ssh' | 'rclone'): Promise<{ place: Workplace; server: SshServer }> {
  const server = await untilTestEnds(SshServer.start());
  const place = new Workplace();
  const transport =
    way === 'rsync_ssh'
      ? {
          type: way,
          ssh_target: `${server.user}@${server.host}`,
          ssh_key_path: server.keyPath,
          known_hosts: server.knownHosts,
          port: server.port,
          remote_path: server.folder,
        }
      : {
          type: way,
          rclone_remote: 'sftp',
          rclone_remote_path: server.folder,
          rclone_config: await rcloneConfig({ sftp: server }),
        };
  const equipment = [{ id: 'SCOPE', local_root: place.local, transport }];
  writeFileSync(place.config, JSON.stringify({ database: 'queue.db', equipment }));
  return { place, server };
}

describe.each(['rsync_ssh', 'rclone'] as const)('told apart by the configuration only: %s', (way) => {
  it('sync copies and proves a run, and verify finds it proven', async () => {
    const { place, server } = await workplace(way);
    const run = await place.run('PROJ-1/Run_1', { 'a.txt': 'a', 'sub folder/b.bin': 'b'.repeat(100_000) });

    const synced = await place.cli('sync', run, '--json');

    expect(synced).toMatchObject({ exitCode: 0 });
    const [job] = jobsOf(synced);
    expect(job).toMatchObject({ state: 'verified', files: 2, lastError: null });
    const copy = join(server.folder, 'PROJ-1/Run_1');
    expect(await differences(run, copy)).toBe('');
    await sha256sumCheck(copy);
    const verified = await place.cli('verify', run, '--json');
    expect(verified).toMatchObject({ exitCode: 0 });
    expect(documentOf(verified)).toMatchObject({ ok: true, evidence: 'remote-hash', files: 2 });
  });

  it('a flipped byte on the server, with size and time kept, is named, and healed by the next run', async () => {
    const { place, server } = await workplace(way);
    const run = await place.run('Run_1', { 'a.txt': 'a', 'b.txt': 'b' });
    await place.cli('sync', run);
    const copy = join(server.folder, 'Run_1');
    flipByte(join(copy, 'a.txt'));

    const verified = await place.cli('verify', run, '--json');

    expect(verified).toMatchObject({ exitCode: 4 });
    expect(documentOf(verified)).toMatchObject({ ok: false, mismatched: ['a.txt'], missing: [], extra: [] });
    await place.cli('run', '--once');
    expect(await place.cli('verify', run)).toMatchObject({ exitCode: 0 });
    await sha256sumCheck(copy);
  });
});
