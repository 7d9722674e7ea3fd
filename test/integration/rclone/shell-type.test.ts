import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { RcloneTransport } from '#dist/transports/rclone/rclone-transport.js';
import { Lab } from '../../support/lab.js';
import { SshServer } from '../../support/servers/ssh-server.js';

const asRoot = process.getuid?.() === 0;

async function labWith(loginShell: string, shellType: string | null) {
  const lab = new Lab({ delays: ['50ms'] });
  const server = await SshServer.start({ loginShell });
  lab.atEnd(() => server.stop());
  const { host, port, user, keyPath, knownHosts, folder } = server;
  const settings = {
    ...{ type: 'sftp', host, port, user, key_file: keyPath, known_hosts_file: knownHosts },
    ...(shellType === null ? {} : { shell_type: shellType }),
  };
  const rcloneConfig = lab.at('rclone.conf');
  const lines = Object.entries(settings).map(([key, value]) => `${key} = ${value}\n`);
  writeFileSync(rcloneConfig, `[sftp]\n${lines.join('')}`, { mode: 0o600 });
  const transport = new RcloneTransport({
    ...{ rcloneRemote: 'sftp', rcloneRemotePath: folder, rcloneConfig, links: 'keep', transfers: null },
    ...{ checkers: null, timeoutSeconds: 20, requireSha256: false },
  });
  lab.atEnd(() => transport.close());
  return { lab, client: lab.open({ transport }) };
}

describe.runIf(asRoot)('SFTP by rclone to an account whose login shell is fish', () => {
  it('proves a run all the same, and doctor names shell_type, which rclone gets wrong by itself', async () => {
    const { lab, client } = await labWith('fish', null);
    const run = await lab.makeRun({ 'say "hello".txt': 'a', '$HOME.txt': 'b', '$(id).txt': 'c' });

    expect(await lab.sync(run, client)).toMatchObject({ state: 'verified', lastError: null });

    const { ok, checks } = await client.doctor();
    expect(ok).toBe(true);
    expect(checks.find(({ name }) => name === 'rclone_hash')?.fix).toContain('set shell_type = unix');
  });

  it('proves the same names once shell_type is set', async () => {
    const { lab, client } = await labWith('fish', 'unix');
    const run = await lab.makeRun({ 'say "hello".txt': 'a', '$HOME.txt': 'b', "it's.txt": 'c' });
    expect(await lab.sync(run, client)).toMatchObject({ state: 'verified', lastError: null });
  });
});

it.runIf(asRoot).each(['tcsh', 'bsd-csh', 'zsh'])(
  'SFTP by rclone to an account whose login shell is %s proves names that it would expand',
  async (loginShell) => {
    const { lab, client } = await labWith(loginShell, null);
    const run = await lab.makeRun({ 'go!.txt': 'a', '$HOME.txt': 'b', "it's.txt": 'c', '"d".txt': 'd' });
    expect(await lab.sync(run, client)).toMatchObject({ state: 'verified', lastError: null });
  },
);
