import { randomUUID } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import type { Process } from './processes.js';
import { program } from './programs.js';
import { TestServer, type Launch } from './test-server.js';

const STATE = ['private dir', 'lock directory', 'state directory', 'cache directory', 'pid directory', 'ncalrpc dir'];

/** An smbd with one share, for one user, who is also the one that the files belong to. */
export class SmbServer extends TestServer {
  readonly share = 'nas';
  readonly password = randomUUID();
  protected readonly greeting = { say: negotiation(), hear: /SMB/ };

  static async start(): Promise<SmbServer> {
    return new SmbServer(await TestServer.place()).begin();
  }

  /** Its helpers have names of their own; what serves somebody has none, or in later releases the client's address. */
  protected override isListener(process: Process): boolean {
    return super.isListener(process) || !/^smbd($|[[:])/.test(process.name);
  }

  protected async prepare(): Promise<void> {
    for (const name of [...STATE, 'logs']) await mkdir(join(this.root, name), { mode: 0o755 });
    await writeFile(this.#config, this.#configuration());
    // Unlike smbpasswd, it asks for no root.
    const args = [`--configfile=${this.#config}`, '--create', '--password-from-stdin', `--user=${this.user}`];
    await execa(program('pdbedit'), args, { input: `${this.password}\n${this.password}\n` });
  }

  protected launch(): Launch {
    const args = ['--foreground', '--no-process-group', '--debug-stdout', `--configfile=${this.#config}`];
    return { command: program('smbd'), args };
  }

  get #config(): string {
    return join(this.root, 'smb.conf');
  }

  #configuration(): string {
    return `[global]
server role = standalone server
netbios name = NASSYNC
disable netbios = yes
smb ports = ${this.port}
interfaces = lo
bind interfaces only = yes
guest account = ${this.user}
passdb backend = tdbsam:${join(this.root, 'private dir', 'passdb.tdb')}
${STATE.map((name) => `${name} = ${join(this.root, name)}`).join('\n')}
log file = ${join(this.root, 'logs', 'log')}
load printers = no
printcap name = /dev/null
disable spoolss = yes
[${this.share}]
path = ${this.folder}
read only = no
`;
  }
}

/** The shortest SMB 2 NEGOTIATE: a header of 64 bytes, a body of 36, and the one dialect 2.0.2. */
function negotiation(): Uint8Array {
  const header = Buffer.alloc(64);
  header.write('\xfeSMB', 'latin1');
  header.writeUInt16LE(64, 4);
  const body = Buffer.alloc(38);
  body.writeUInt16LE(36, 0);
  body.writeUInt16LE(1, 2);
  body.writeUInt16LE(0x0202, 36);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(header.length + body.length);
  return Buffer.concat([length, header, body]);
}
