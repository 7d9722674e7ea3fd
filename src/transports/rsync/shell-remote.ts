import { randomUUID } from 'node:crypto';
import { posix } from 'node:path';
import { systemClock } from '../../clock.js';
import type { ToolRun } from '../../errors.js';
import type { FileEntry } from '../../run/entry.js';
import { deepestFirst, notMovable, takenThere } from '../set-aside.js';
import { TOKEN_FILE } from '../target-identity.js';
import { tokenIn, unreadableToken } from '../token-file.js';
import type { Examined, HashRequest, PushRequest, SetAsideRequest, TargetListing, TargetProbe } from '../transport.js';
import { foreignNames, type VolatileOptions } from '../volatile-folders.js';
import { clockSkew } from './clock-skew.js';
import { Found, groupAhead, HashReader, hashGroups, standardInput, type HashGroup, type SizedFile } from './hash.js';
import { loginScriptPrints } from './login-scripts.js';
import { parseListing } from './parse-listing.js';
import { remoteFailure } from './remote-failure.js';
import * as scripts from './remote-scripts.js';
import { asPlace, NOTHING, type ErrandResult, type Remote, type RsyncWay, type ServerListing } from './remote.js';
import { shellCommand } from './shell-command.js';
import type { SshConnection } from './ssh-connection.js';
import { ANY_HOST } from './ssh-options.js';

/** A list of ten million names; more than that is no run. */
const LONGEST_ANSWER = 1024 * 1024 * 1024;

interface Asked extends ErrandResult {
  readonly out: Buffer;
}

interface Question {
  readonly script: string;
  readonly args: readonly string[];
  readonly target: string;
  readonly signal: AbortSignal;
  readonly input?: string | Uint8Array;
  readonly onOut?: (line: string) => void;
  readonly silenceMs?: () => number;
}

interface Met {
  /** `null`: the account has no shell. */
  readonly remote: ShellRemote | null;
  readonly probe: () => TargetProbe;
  /** What the account answered when it was asked. */
  readonly answer: string;
}

/** An account with a shell: it hashes, lists and writes on the server's own side. */
export class ShellRemote implements Remote {
  readonly #connection: SshConnection;
  readonly #top: string;
  readonly #volatile: readonly string[];

  constructor(connection: SshConnection, top: string, volatile: readonly string[]) {
    this.#connection = connection;
    this.#top = top;
    this.#volatile = volatile;
  }

  /**
   * Asks the account whether it has a shell, and what a probe would ask, at once.
   * @throws NasSyncError `not_configured` where its login scripts print something
   */
  static async meet(
    connection: SshConnection,
    { remotePath, volatile = [] }: { readonly remotePath: string } & VolatileOptions,
    signal: AbortSignal,
  ): Promise<Met> {
    const remote = new ShellRemote(connection, remotePath, volatile);
    const asked = await remote.#askProbe(signal);
    const answer = asked.out.toString('utf8');
    const hasShell = remote.#assertSilentLogin(answer);
    return { remote: hasShell ? remote : null, probe: () => remote.#probed(asked), answer };
  }

  async probe(signal: AbortSignal): Promise<TargetProbe> {
    return this.#probed(await this.#askProbe(signal));
  }

  async list(target: string, signal: AbortSignal, script = scripts.listScript): Promise<ServerListing | null> {
    return (await this.#listed(target, signal, script(foreignNames(this.#volatile, []))))?.listing ?? null;
  }

  unlockAndList(target: string, signal: AbortSignal): Promise<ServerListing | null> {
    return this.list(target, signal, scripts.unlockedListScript);
  }

  async inPlace(request: PushRequest, files: readonly FileEntry[]): Promise<ReadonlySet<string>> {
    const { target, signal } = request;
    const sized = files.map(({ path, identity }) => ({ path, size: identity.size }));
    const there = new Found(() => undefined);
    await this.#hashes(target, sized, signal, there);
    await request.readNow(files);
    const same = files.filter((file) => {
      const digest = there.digests.get(file.path);
      return digest !== undefined && request.matches(file, digest) === true;
    });
    return new Set(same.map((file) => file.path));
  }

  async hash({ target, entries, signal, onProgress }: HashRequest): Promise<TargetListing> {
    const found = new Found(onProgress);
    const stop = new AbortController();
    const expected = entries.flatMap((entry) =>
      entry.kind === 'file' ? [{ path: entry.path, size: entry.identity.size }] : [],
    );
    const listing = this.#listed(target, signal, scripts.flushedListScript(foreignNames(this.#volatile, entries)));
    // Beside the list, which is what counts: most of a round trip and of the server's time is saved.
    const ahead = this.#hashAhead(target, expected, AbortSignal.any([signal, stop.signal]), found);
    listing.catch(() => stop.abort());
    await Promise.allSettled([listing, ahead]);
    const listed = await listing;
    const place = asPlace(listed?.listing ?? NOTHING);
    await this.#hashes(
      target,
      place.files.filter(({ path }) => !found.digests.has(path)),
      signal,
      found,
    );
    return {
      ...place,
      files: place.files.map((file) => ({ ...file, digest: found.digests.get(file.path) ?? null })),
      evidence: 'remote-hash',
      method: 'sha256sum, run on the server over SSH',
      tools: [...(listed?.tools ?? []), ...found.tools],
    };
  }

  async readMeta(path: string, signal: AbortSignal): Promise<Uint8Array | null> {
    const asked = await this.#ask({ script: scripts.READ, args: [path], target: posix.dirname(path), signal });
    if (asked.run.exitCode === scripts.EXIT.absent) return null;
    return this.#requireDone(asked, path).out;
  }

  async writeMeta(
    path: string,
    data: Uint8Array,
    { exclusive }: { exclusive: boolean },
    signal: AbortSignal,
  ): Promise<void> {
    const folder = posix.dirname(path);
    const temporary = `.nas-sync-tmp-${randomUUID()}`;
    const args = [folder === '.' ? '' : folder, posix.basename(path), temporary, exclusive ? 'exclusive' : 'replace'];
    await this.#must({ script: scripts.WRITE, args, target: folder, signal, input: data }, path);
  }

  async setAside({ target, paths, emptyFolders = [], into, signal }: SetAsideRequest): Promise<void> {
    const input = paths.map((path) => `./${path}\0`).join('');
    const asked = await this.#ask({ script: scripts.SET_ASIDE, args: [target, into], target, signal, input });
    if (asked.run.exitCode === scripts.EXIT.absent) return;
    const [word, path = ''] = asked.out.toString('utf8').split('\0');
    if (word === 'taken') throw takenThere(posix.join(target, into, path));
    if (word === 'way') throw notMovable(posix.join(target, path));
    this.#requireDone(asked, target);
    if (emptyFolders.length === 0) return;
    const folders = deepestFirst(emptyFolders).map((folder) => `./${folder}\0`);
    await this.#must({ script: scripts.REMOVE_EMPTY, args: [target], target, signal, input: folders.join('') });
  }

  async tidyUp(target: string, signal: AbortSignal): Promise<void> {
    await this.#must({ script: scripts.TIDY, args: [target], target, signal });
  }

  async removeCanary(target: string, signal: AbortSignal): Promise<void> {
    await this.#must({ script: scripts.REMOVE_CANARY, args: [target], target, signal });
  }

  receive(target: string): Promise<RsyncWay> {
    return Promise.resolve(this.#way(scripts.RECEIVE, target));
  }

  send(target: string): RsyncWay {
    return this.#way(scripts.SEND, target);
  }

  async examine(signal: AbortSignal): Promise<readonly Examined[]> {
    const script =
      'for t in rsync sha256sum find xargs stat; do command -v "$t" >/dev/null || echo "$t"; done; rsync --version | head -n 1; date +%s';
    const before = systemClock.now();
    const { out } = await this.#must({ script, args: [], target: '', signal });
    const lines = out.toString('utf8').trimEnd().split('\n');
    const skewS = Math.round((Number(lines.pop()) * 1000 - (before + systemClock.now()) / 2) / 1000);
    const missing = lines.filter((line) => /^\w+$/u.test(line));
    return [
      { name: 'account', ok: true, detail: 'has a shell on the server', fix: null },
      {
        name: 'server_tools',
        ok: missing.length === 0,
        detail: missing.length === 0 ? (lines.at(-1) ?? 'all there') : `missing on the server: ${missing.join(', ')}`,
        fix: missing.length === 0 ? null : `install ${missing.join(', ')} on the server`,
      },
      clockSkew(skewS),
    ];
  }

  #way(script: string, target: string): RsyncWay {
    return { args: [`--rsync-path=${shellCommand(script, [this.#top, target])}`], place: `${ANY_HOST}:./` };
  }

  #askProbe(signal: AbortSignal): Promise<Asked> {
    return this.#ask({ script: scripts.PROBE, args: [TOKEN_FILE], target: '', signal });
  }

  /** `false`: nothing greets there, so it is no shell. */
  #assertSilentLogin(answer: string): boolean {
    const at = answer.indexOf(scripts.GREETING);
    if (at <= 0) return at === 0;
    const shell = /^shell (?<path>.*)$/mu.exec(answer.slice(at))?.groups?.['path'] ?? '';
    throw loginScriptPrints(this.#connection.host, answer.slice(0, at), shell);
  }

  #probed(asked: Asked): TargetProbe {
    const answer = this.#requireDone(asked, '').out.toString('utf8');
    this.#assertSilentLogin(answer);
    const [, , df, , ...rest] = answer.split('\n');
    const free = /^df .*?\s(?<blocks>\d+)\s+(?<used>\d+)\s+(?<free>-?\d+)\s+\d+%/u.exec(df ?? '')?.groups?.['free'];
    const text = rest.join('\n');
    const token = tokenIn(text);
    if (text !== '' && token === null)
      throw unreadableToken(`${this.#connection.host}:${posix.join(this.#top, TOKEN_FILE)}`);
    return { token, freeBytes: free === undefined ? null : Number(free) * 1024 };
  }

  async #listed(
    target: string,
    signal: AbortSignal,
    script: string,
  ): Promise<{ listing: ServerListing; tools: readonly ToolRun[] } | null> {
    const asked = await this.#ask({ script, args: [target], target, signal });
    if (asked.run.exitCode === scripts.EXIT.absent) return null;
    const listing = parseListing(this.#requireDone(asked, target).out);
    if (listing === null) throw remoteFailure(asked, this.#connection.host, this.#top, target);
    return { listing, tools: [asked.run] };
  }

  async #hashes(target: string, files: readonly SizedFile[], signal: AbortSignal, found: Found): Promise<void> {
    for (const group of hashGroups(files)) {
      const { asked, reader } = await this.#askGroup(target, group, signal, found);
      if (!reader.complete || asked.run.exitCode !== 0)
        throw remoteFailure(asked, this.#connection.host, this.#top, target);
    }
  }

  /** What does not come of it, for whatever reason, is asked for again. */
  async #hashAhead(target: string, files: readonly SizedFile[], signal: AbortSignal, found: Found): Promise<void> {
    const group = groupAhead(files);
    if (group !== null) await this.#askGroup(target, group, signal, found);
  }

  async #askGroup(target: string, group: HashGroup, signal: AbortSignal, found: Found) {
    const reader = new HashReader(group, (file, digest) => found.add(file, digest));
    const asked = await this.#ask({
      script: group.script,
      args: [target, ...group.args],
      target,
      signal,
      input: standardInput(group),
      onOut: (line) => reader.read(line),
      silenceMs: () => this.#connection.silenceMs + reader.allowanceMs,
    });
    found.tools.push(asked.run);
    return { asked, reader };
  }

  async #must(question: Question, where = question.target): Promise<Asked> {
    return this.#requireDone(await this.#ask(question), where);
  }

  #requireDone(asked: Asked, where: string): Asked {
    if (asked.run.exitCode === 0) return asked;
    throw remoteFailure(asked, this.#connection.host, this.#top, where === '' ? this.#top : where);
  }

  async #ask({ script, args, signal, input, onOut, silenceMs }: Question): Promise<Asked> {
    const chunks: Buffer[] = [];
    let length = 0;
    const onChunk = (chunk: Buffer): void => {
      length += chunk.length;
      if (length <= LONGEST_ANSWER) chunks.push(chunk);
    };
    const result = await this.#connection.script(
      { script, args: [this.#top, ...args] },
      {
        signal,
        silenceMs: silenceMs ?? (() => this.#connection.silenceMs),
        ...(input === undefined ? {} : { input }),
        ...(onOut === undefined ? { onChunk } : { onOut }),
      },
    );
    return { ...result, out: Buffer.concat(chunks) };
  }
}
