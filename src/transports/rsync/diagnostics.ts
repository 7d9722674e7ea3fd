import { stat } from 'node:fs/promises';
import { NasSyncError } from '../../errors.js';
import type { Toolbox } from '../process/process-runner.js';
import type { Examined } from '../transport.js';
import { aliasProblem, findOptionAlias } from './option-aliases.js';
import type { SshOptions } from './ssh-options.js';

const GROUP_AND_OTHERS = 0o077;
/** From here on, rsync quotes names for the server's shell by itself, and makes the folders above its target. */
const OLDEST = [3, 2, 4] as const;
const PATIENCE_MS = 10_000;

/** What can be told on this machine, before anything is sent. */
export async function examineHere(
  options: SshOptions,
  tools: Toolbox,
  signal: AbortSignal,
): Promise<readonly Examined[]> {
  return [
    await rsyncHere(tools, signal),
    await optionAliases(),
    await tool(tools, signal, 'ssh', ['-V'], /OpenSSH_\S+/u),
    await key(options, tools, signal),
  ];
}

async function rsyncHere(tools: Toolbox, signal: AbortSignal): Promise<Examined> {
  const found = await tool(tools, signal, 'rsync', ['--version'], /version v?(\d+\.\d+\.\d+)/u);
  const version = /(\d+)\.(\d+)\.(\d+)/u.exec(found.detail)?.slice(1).map(Number);
  if (!found.ok || version === undefined || !isOlder(version)) return found;
  return { ...found, ok: false, fix: `install rsync ${OLDEST.join('.')} or newer` };
}

async function optionAliases(): Promise<Examined> {
  const found = await findOptionAlias();
  const name = 'rsync_options';
  if (found === null) return { name, ok: true, detail: 'no file gives them another meaning', fix: null };
  return { name, ok: false, detail: aliasProblem(found), fix: `remove that line from ${found.file}` };
}

function isOlder(version: readonly number[]): boolean {
  for (const [index, oldest] of OLDEST.entries()) {
    const part = version[index] ?? 0;
    if (part !== oldest) return part < oldest;
  }
  return false;
}

async function tool(
  tools: Toolbox,
  signal: AbortSignal,
  name: string,
  args: readonly string[],
  version: RegExp,
): Promise<Examined> {
  const lines: string[] = [];
  const hear = (line: string): unknown => lines.push(line);
  try {
    await tools.run({ tool: name, args, target: '', signal, silenceMs: () => PATIENCE_MS, onOut: hear, onErr: hear });
  } catch (error) {
    if (!(error instanceof NasSyncError) || error.code !== 'tool_missing') throw error;
    return { name, ok: false, detail: 'not installed', fix: error.message };
  }
  const found = version.exec(lines.join(' '))?.[0];
  return { name, ok: found !== undefined, detail: found ?? 'its version cannot be read', fix: null };
}

/** ssh refuses keys that others may read, and BatchMode keeps it from asking for a passphrase. */
async function key({ sshKeyPath }: SshOptions, tools: Toolbox, signal: AbortSignal): Promise<Examined> {
  const name = 'ssh_key';
  const stats = await stat(sshKeyPath).catch(() => null);
  if (stats?.isFile() !== true) {
    return {
      name,
      ok: false,
      detail: `there is no file ${sshKeyPath}`,
      fix: `make one: ssh-keygen -t ed25519 -f ${sshKeyPath}`,
    };
  }
  if ((stats.mode & GROUP_AND_OTHERS) !== 0 && process.platform !== 'win32') {
    return { name, ok: false, detail: `others may read ${sshKeyPath}`, fix: `chmod 600 ${sshKeyPath}` };
  }
  const run = await tools.run({
    tool: 'ssh-keygen',
    args: ['-y', '-P', '', '-f', sshKeyPath],
    target: '',
    signal,
    silenceMs: () => PATIENCE_MS,
  });
  if (run.exitCode === 0) return { name, ok: true, detail: sshKeyPath, fix: null };
  return {
    name,
    ok: false,
    detail: `${sshKeyPath} is no private key, or has a passphrase, which nobody is there to type`,
    fix: 'use a key of its own for nas-sync, without a passphrase',
  };
}
