import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { onTestFinished } from 'vitest';
import type { SmbServer } from './smb-server.js';
import type { SshServer } from './ssh-server.js';
import type { WebdavServer } from './webdav-server.js';

export interface Remotes {
  readonly sftp?: SshServer;
  readonly webdav?: WebdavServer;
  readonly smb?: SmbServer;
}

/** A configuration of rclone with `local:` and a remote for each server, at its path until the test is over. */
export async function rcloneConfig({ sftp, webdav, smb }: Remotes): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'nas-sync-rclone-'));
  onTestFinished(() => rm(root, { recursive: true }));
  const sections = [
    section('local', { type: 'local' }),
    sftp && section('sftp', sftpRemote(sftp)),
    webdav && section('webdav', await webdavRemote(webdav)),
    smb && section('smb', await smbRemote(smb)),
  ];
  const path = join(root, 'rclone.conf');
  await writeFile(path, sections.filter((text) => text !== undefined).join('\n'), { mode: 0o600 });
  return path;
}

const section = (name: string, settings: Readonly<Record<string, string | number>>): string =>
  [`[${name}]`, ...Object.entries(settings).map(([key, value]) => `${key} = ${value}`), ''].join('\n');

const sftpRemote = ({ host, port, user, keyPath, knownHosts }: SshServer) => ({
  ...{ type: 'sftp', host, port, user, key_file: keyPath, known_hosts_file: knownHosts },
  // Otherwise it finds them out by itself, and writes them into this file.
  ...{ shell_type: 'unix', md5sum_command: 'md5sum', sha1sum_command: 'sha1sum' },
});

const webdavRemote = async ({ url, user, password }: WebdavServer) => ({
  ...{ type: 'webdav', vendor: 'other', url, user, pass: await obscured(password) },
});

const smbRemote = async ({ host, port, user, password }: SmbServer) => ({
  ...{ type: 'smb', host, port, user, pass: await obscured(password) },
});

async function obscured(password: string): Promise<string> {
  const { stdout } = await execa('rclone', ['obscure', '-'], { input: password });
  return stdout.trim();
}
