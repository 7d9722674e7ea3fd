import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { onTestFinished } from 'vitest';
import type { S3Server } from './s3-server.js';
import type { SmbServer } from './smb-server.js';
import type { SshServer } from './ssh-server.js';
import type { WebdavServer } from './webdav-server.js';

export interface Remotes {
  readonly sftp?: SshServer;
  readonly webdav?: WebdavServer;
  readonly smb?: SmbServer;
  readonly s3?: S3Server;
}

/** A configuration of rclone with `local:` and a remote for each server, at its path until the test is over. */
export async function rcloneConfig({ sftp, webdav, smb, s3 }: Remotes): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'nas-sync-rclone-'));
  onTestFinished(() => rm(root, { recursive: true }));
  const sections = [
    section('local', { type: 'local' }),
    sftp && section('sftp', sftpRemote(sftp)),
    webdav && section('webdav', await webdavRemote(webdav)),
    smb && section('smb', await smbRemote(smb)),
    s3 && section('s3', s3Remote(s3)),
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

/** Small parts, so that small files are objects of several parts. */
const s3Remote = ({ url, accessKey }: S3Server) => ({
  ...{ type: 's3', provider: 'Other', endpoint: url, force_path_style: 'true' },
  ...{ access_key_id: accessKey, secret_access_key: accessKey, upload_cutoff: '5M', chunk_size: '5M' },
});

async function obscured(password: string): Promise<string> {
  const { stdout } = await execa('rclone', ['obscure', '-'], { input: password });
  return stdout.trim();
}
