import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { MARK } from './processes.js';
import { program } from './programs.js';

/** What the account may run: all of the machine, BusyBox and rsync, or rsync within the server's folder. */
export type Flavour = 'gnu' | 'busybox' | 'rsync-only';

export interface AccountOptions {
  readonly flavour: Flavour;
  /** Only PATH and HOME are in the environment; of a BusyBox account this always holds. */
  readonly bare: boolean;
  /** An ordinary account of its own (not the user's), with this program as its login shell. Needs root. */
  readonly loginShell?: string;
}

/** What a login shell reads whenever sshd starts it, below the account's home. */
export const LOGIN_SCRIPTS: Readonly<Record<string, string>> = {
  bash: '.bashrc',
  zsh: '.zshenv',
  'bsd-csh': '.cshrc',
  tcsh: '.tcshrc',
  fish: '.config/fish/config.fish',
};

/** The options in front of the key in `authorized_keys`, and what the sftp subsystem runs. */
export interface Account {
  readonly keyOptions: string;
  readonly sftp: string;
}

export async function makeAccount(root: string, folder: string, { flavour, bare }: AccountOptions): Promise<Account> {
  if (flavour === 'rsync-only')
    return { keyOptions: `restrict,${forced(`${program('rrsync')} '${folder}'`)} `, sftp: 'internal-sftp' };
  if (flavour === 'busybox') return enclosed(root, await makeBusyBox(root), program('busybox'));
  return bare ? enclosed(root, '/usr/bin:/bin') : { keyOptions: '', sftp: 'internal-sftp' };
}

/** Every command runs in a shell that knows nothing but this PATH. */
async function enclosed(root: string, path: string, tools = ''): Promise<Account> {
  const gate = join(root, 'gate');
  const script = `#!/bin/sh
exec ${tools} env -i PATH='${path}' HOME='${join(root, 'home')}' ${MARK}='${root}' \\
  ${tools} sh -c "\${SSH_ORIGINAL_COMMAND:-exec sh}"
`;
  await writeFile(gate, script, { mode: 0o755 });
  // What is forced replaces internal-sftp as well, and a shell cannot run that.
  return { keyOptions: `${forced(gate)} `, sftp: program('sftp-server') };
}

/** Nobody of this machine: what it may not read, sshd must not read for it. */
export const ORDINARY = { name: 'nas-test', uid: 61_234, gid: 61_234 } as const;

/** The machine's users and one more, for a server that sees this file in place of the machine's. */
export async function passwdWith(root: string, loginShell: string, home: string): Promise<string> {
  const { name, uid, gid } = ORDINARY;
  const ash = join(root, 'ash');
  // BusyBox is the shell as which it is called.
  if (loginShell === 'busybox') await symlink(program('busybox'), ash);
  const shell = loginShell === 'busybox' ? ash : program(loginShell);
  return `${await readFile('/etc/passwd', 'utf8')}${name}:x:${uid}:${gid}::${home}:${shell}\n`;
}

async function makeBusyBox(root: string): Promise<string> {
  const bin = join(root, 'busybox');
  await mkdir(bin);
  await execa(program('busybox'), ['--install', '-s', bin]);
  await symlink(program('rsync'), join(bin, 'rsync'));
  return bin;
}

const forced = (command: string): string => `command="${command.replaceAll('"', '\\"')}"`;
