import { mkdirSync } from 'node:fs';
import { execa } from 'execa';
import type { Lab } from '../../support/lab.js';
import type { SshServer } from '../../support/servers/ssh-server.js';

const IMAGE_SIZE = '64M';

/** Unmounted when the test is over. */
function mounted(lab: Lab, folder: string): string {
  lab.atEnd(() => execa('umount', ['--lazy', folder], { reject: false }));
  return folder;
}

async function emptyImage(lab: Lab, name: string): Promise<string> {
  const image = lab.at(name);
  await execa('truncate', ['-s', IMAGE_SIZE, image]);
  return image;
}

/** exFAT through FUSE: no kernel module is needed, but a block device is. */
export async function mountExfat(lab: Lab, folder: string): Promise<string> {
  const image = await emptyImage(lab, 'exfat.img');
  await execa('mkfs.exfat', [image]);
  const { stdout: device } = await execa('losetup', ['--find', '--show', image]);
  lab.atEnd(() => execa('losetup', ['--detach', device], { reject: false }));
  await execa('mount.exfat-fuse', [device, folder], { stdio: 'ignore' });
  return mounted(lab, folder);
}

/** NTFS as Windows wants it: a name that Windows could not open is refused. */
export async function mountNtfs(lab: Lab, folder: string): Promise<string> {
  const image = await emptyImage(lab, 'ntfs.img');
  await execa('mkntfs', ['-F', '-q', '-f', image]);
  await execa('ntfs-3g', ['-o', 'windows_names', image, folder], { stdio: 'ignore' });
  return mounted(lab, folder);
}

/** Two disks as one pool, each folder on the disk that has its parent; the disks, to say which folder lies where. */
export async function mountPool(lab: Lab, folder: string): Promise<readonly [string, string]> {
  const disks = [lab.at('disk-1'), lab.at('disk-2')] as const;
  for (const disk of disks) mkdirSync(disk, { recursive: true });
  await execa('mergerfs', ['-o', 'category.create=epff', disks.join(':'), folder], { stdio: 'ignore' });
  mounted(lab, folder);
  return disks;
}

/** A folder behind rclone, mounted by rclone: no links of either kind. */
export async function mountRclone(lab: Lab, folder: string, mode: 'off' | 'writes'): Promise<string> {
  const served = lab.at('behind-rclone');
  mkdirSync(served, { recursive: true });
  const cache = ['--vfs-cache-mode', mode, '--vfs-write-back', '0s', '--cache-dir', lab.at('rclone-cache')];
  // Else the daemon is ended with the umount only after it has told a terminal so.
  await execa('rclone', ['mount', `:local:${served}`, folder, ...cache, '--dir-cache-time', '1s', '--daemon'], {
    stdio: 'ignore',
  });
  mounted(lab, folder);
  return served;
}

/** The server's folder; nobody reconnects once it is gone. */
export async function mountSshfs(lab: Lab, folder: string, server: SshServer): Promise<string> {
  const from = `${server.user}@${server.host}:${server.folder}`;
  const command = `ssh_command=ssh ${server.options().join(' ')}`;
  await execa('sshfs', [from, folder, '-p', String(server.port), '-o', command], { stdio: 'ignore' });
  return mounted(lab, folder);
}
