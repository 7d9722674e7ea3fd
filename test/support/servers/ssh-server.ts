import { appendFile, chmod, chown, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { MARK } from './processes.js';
import { program } from './programs.js';
import { makeAccount, ORDINARY, passwdWith, type AccountOptions } from './ssh-accounts.js';
import { TestServer, type Launch, type Place } from './test-server.js';

export const HAS_IPV6 = Object.values(networkInterfaces())
  .flat()
  .some((address) => address?.address === '::1');

/** An sshd that knows one account, the user's own, and one key. */
export class SshServer extends TestServer {
  protected readonly greeting = { say: '', hear: /^SSH-2\.0-/ };
  readonly #account: AccountOptions;

  private constructor(place: Place, account: AccountOptions) {
    super(place);
    this.#account = account;
  }

  static async start({ flavour = 'gnu', bare = false, ...rest }: Partial<AccountOptions> = {}): Promise<SshServer> {
    return new SshServer(await TestServer.place(), { flavour, bare, ...rest }).begin();
  }

  override get user(): string {
    return this.#account.loginShell === undefined ? super.user : ORDINARY.name;
  }

  /** The account's home folder. */
  get home(): string {
    return join(this.root, 'home');
  }

  get keyPath(): string {
    return join(this.root, 'client_key');
  }

  get knownHosts(): string {
    return join(this.root, 'known_hosts');
  }

  /** For `ssh` and `rsync -e`: all that is needed to get in, and nothing that the machine has configured. */
  options(keyPath = this.keyPath): string[] {
    const options = ['BatchMode=yes', 'StrictHostKeyChecking=yes', 'IdentitiesOnly=yes', 'IdentityAgent=none'];
    const files = [`UserKnownHostsFile=${this.knownHosts}`, 'GlobalKnownHostsFile=none'];
    return ['-F', 'none', '-i', keyPath, ...[...options, ...files].flatMap((option) => ['-o', option])];
  }

  /** How many connections have been let in so far. */
  connections(): number {
    return this.log.match(/^Accepted publickey /gm)?.length ?? 0;
  }

  /** A key that the server does not accept. */
  otherKey(): string {
    return join(this.root, 'other_key');
  }

  /** The server's key counts at another port too: that of a relay. */
  async alsoKnownAt(port: number, host: string = this.host): Promise<void> {
    const key = await readFile(`${this.#hostKey}.pub`, 'utf8');
    await appendFile(this.knownHosts, `[${host}]:${port} ${key}`);
  }

  /** From now on it shows a key that `knownHosts` does not hold. */
  async changeHostKey(): Promise<void> {
    await this.goDown();
    await makeKey(this.#hostKey);
    await this.comeUp();
  }

  protected async prepare(): Promise<void> {
    await mkdir(this.home);
    for (const path of [this.#hostKey, this.keyPath, this.otherKey()]) await makeKey(path);
    for (const host of [this.host, '::1']) await this.alsoKnownAt(this.port, host);
    const { keyOptions, sftp } = await makeAccount(this.root, this.folder, this.#account);
    const key = await readFile(`${this.keyPath}.pub`, 'utf8');
    await writeFile(join(this.root, 'authorized_keys'), keyOptions + key);
    // A fixed path of sshd: its unprivileged half lives there when root runs it.
    if (process.getuid?.() === 0) await mkdir('/run/sshd', { recursive: true, mode: 0o755 });
    await this.#configure(this.#configuration(sftp));
    if (this.#account.loginShell !== undefined) await this.#makeOrdinary(this.#account.loginShell);
  }

  async #makeOrdinary(loginShell: string): Promise<void> {
    await writeFile(this.#passwd, await passwdWith(this.root, loginShell, this.home));
    await chmod(this.root, 0o755);
    for (const folder of [this.home, this.folder]) await chown(folder, ORDINARY.uid, ORDINARY.gid);
  }

  protected launch(): Launch {
    const [command, args] = [program('sshd'), ['-D', '-e', '-f', this.#config]];
    if (this.#account.loginShell === undefined) return { command, args };
    // Its own view of the users: the machine's stay as they are.
    const script = 'mount --bind "$1" /etc/passwd && shift && exec "$@"';
    return { command: program('unshare'), args: ['--mount', 'sh', '-c', script, 'sh', this.#passwd, command, ...args] };
  }

  get #passwd(): string {
    return join(this.root, 'passwd');
  }

  get #hostKey(): string {
    return join(this.root, 'host_key');
  }

  get #config(): string {
    return join(this.root, 'sshd_config');
  }

  /** From OpenSSH 9.8 on, clients that were cut off or not let in would be locked out for a while. */
  async #configure(text: string): Promise<void> {
    await writeFile(this.#config, `${text}PerSourcePenalties no\n`);
    const { failed } = await execa(program('sshd'), ['-t', '-f', this.#config], { reject: false });
    if (failed) await writeFile(this.#config, text);
  }

  #configuration(sftp: string): string {
    return `ListenAddress ${this.host}
${HAS_IPV6 ? 'ListenAddress ::1\n' : ''}Port ${this.port}
HostKey "${this.#hostKey}"
AuthorizedKeysFile "${join(this.root, 'authorized_keys')}"
PidFile none
UsePAM no
StrictModes no
PermitRootLogin prohibit-password
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitUserRC no
PrintMotd no
MaxStartups 100
MaxSessions 100
LogLevel VERBOSE
SetEnv "${MARK}=${this.root}" "HOME=${this.home}"
Subsystem sftp ${sftp}
`;
  }
}

async function makeKey(path: string): Promise<void> {
  for (const old of [path, `${path}.pub`]) await rm(old, { force: true });
  await execa('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'nas-sync test', '-f', path]);
}
