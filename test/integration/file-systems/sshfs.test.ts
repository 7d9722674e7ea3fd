import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { differences, Lab, listing, noise, sha256sumCheck } from '../../support/lab.js';
import { SshServer } from '../../support/servers/ssh-server.js';
import { itMounts } from '../mount/mounts.js';
import { mountSshfs } from './mounts.js';

describe('a folder of a server, mounted by sshfs', () => {
  itMounts('holds the run, with its links and odd names', async () => {
    const lab = new Lab({ delays: ['1h'] });
    const server = await SshServer.start();
    lab.atEnd(() => server.stop());
    await mountSshfs(lab, lab.nas, server);
    const run = await lab.makeRun({ 'a:b?.txt': 'a', 'plane 1/image.tif': noise(3_000_000), 'empty/': '' });
    symlinkSync('a:b?.txt', join(run, 'latest'));

    const job = await lab.sync(run, lab.client, { patient: false });

    expect(job).toMatchObject({ state: 'verified', lastError: null });
    expect(await differences(run, join(server.folder, 'Run_1'))).toBe('');
    await sha256sumCheck(join(server.folder, 'Run_1'));
    expect(listing(server.folder).filter((path) => path.includes('.nas-sync-'))).toEqual(['.nas-sync-target.json']);
  });

  itMounts('whose server went away is a share that does not answer, and no name is blamed', async () => {
    const lab = new Lab({ delays: ['1h'] });
    const server = await SshServer.start();
    lab.atEnd(() => server.stop());
    await mountSshfs(lab, lab.nas, server);
    await lab.sync(await lab.makeRun({ 'a.txt': 'a' }, 'Run_0'));
    await server.goDown();

    const job = await lab.sync(await lab.makeRun({ 'a.txt': 'a' }), lab.client, { patient: false });

    expect(job).toMatchObject({ state: 'queued', attempts: 0 });
    expect(job.waitingFor).toMatchObject([{ name: 'target_reachable' }]);
  });
});
