import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { differences } from '../../support/lab.js';
import { rcloneConfig } from '../../support/servers/rclone-remotes.js';
import { EQUIPMENT, RsyncLab } from '../rsync/rsync-lab.js';
import { lock, LOCKED_TREE } from './locked-tree.js';

it.runIf(process.getuid?.() === 0)(
  'rclone leaves copies that an ordinary account can read, prove and replace',
  async () => {
    const lab = await RsyncLab.with('gnu', { loginShell: 'bash' });
    const transport = {
      type: 'rclone' as const,
      rcloneRemote: 'sftp',
      rcloneRemotePath: lab.server.folder,
      rcloneConfig: await rcloneConfig({ sftp: lab.server }),
    };
    const client = lab.open({
      config: { ...lab.config, equipment: [{ id: EQUIPMENT, localRoot: lab.local, transport }] },
    });
    const run = await lab.makeRun(LOCKED_TREE);
    lock(run);

    expect(await lab.sync(run, client)).toMatchObject({ state: 'verified', lastError: null });
    writeFileSync(join(run, 'no way in/later.txt'), 'later');
    writeFileSync(join(run, 'read-only.bin'), 'other content, of another size');
    expect(await lab.sync(run, client)).toMatchObject({ state: 'verified', lastError: null });

    expect(await differences(run, lab.onNas(run))).toBe('');
  },
);
