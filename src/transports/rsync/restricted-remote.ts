import { mkdir, stat, writeFile } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { NasSyncError, systemCode, type ToolRun } from '../../errors.js';
import type { FileEntry, RunEntry } from '../../run/entry.js';
import { readSmallFile } from '../../run/fs/read-small-file.js';
import { withTemporaryFolder } from '../../run/fs/temp-folder.js';
import { printable } from '../../run/printable.js';
import { TOKEN_FILE } from '../target-identity.js';
import { tokenIn, unreadableToken } from '../token-file.js';
import type {
  Examined,
  HashRequest,
  PushRequest,
  SetAsideRequest,
  TargetFile,
  TargetListing,
  TargetProbe,
} from '../transport.js';
import { foreignNames } from '../volatile-folders.js';
import { SLOWEST_BYTES_PER_MS } from './hash.js';
import { uncleanShell } from './login-scripts.js';
import { LIST_FORMAT, namesTop, parseItemized, parseVerdicts, placeFilters } from './parse-itemized.js';
import { asPlace, NOTHING, type ErrandResult, type Remote, type RsyncWay, type ServerListing } from './remote.js';
import { rsyncInTurn } from './retry-while-busy.js';
import { isAbsent, rsyncFailure, type Direction } from './rsync-failure.js';
import type { SshConnection } from './ssh-connection.js';
import { ANY_HOST } from './ssh-options.js';

const PARTIALS_NAME = '.nas-sync-partial';
const PARTIALS = `.exlab-wizard/${PARTIALS_NAME}`;

/** MD5, by its name and by every rsync there is; newer ones would agree on a hash that is none for cryptographers. */
const COMPARE = ['--dry-run', '--checksum', '--checksum-choice=md5', '-ii', '--out-format=%i %n'];

/** A file that left the workstation under its proof can be compared with nothing; the listing still says its size. */
async function stillHere(source: string, files: readonly FileEntry[]): Promise<FileEntry[]> {
  const there = await Promise.all(files.map(({ path }) => stat(join(source, path)).catch(() => null)));
  return files.filter((_, index) => there[index]?.isFile() === true);
}

interface Call {
  readonly args: readonly string[];
  readonly target: string;
  readonly signal: AbortSignal;
  readonly input?: string;
  readonly onOut?: (line: string) => void;
  readonly silenceMs?: number;
  readonly direction?: Direction;
}

/** An account that lets rsync through and nothing else: everything is said with rsync. */
export class RestrictedRemote implements Remote {
  readonly #connection: SshConnection;
  readonly #top: string;
  readonly #volatile: readonly string[];
  readonly #answer: string;

  /** `answer`: what the account answered when it was asked for a shell. */
  constructor(connection: SshConnection, top: string, volatile: readonly string[], answer: string) {
    this.#connection = connection;
    this.#top = top;
    this.#volatile = volatile;
    this.#answer = answer;
  }

  async probe(signal: AbortSignal): Promise<TargetProbe> {
    const lines: string[] = [];
    const args = ['--dry-run', '--dirs', `--include=/${TOKEN_FILE}`, '--exclude=*', `--out-format=${LIST_FORMAT}`];
    await this.#pull(args, { target: '', signal, onOut: (line) => lines.push(line) });
    const there = parseItemized(lines)?.files.has(TOKEN_FILE) === true;
    const data = there ? await this.readMeta(TOKEN_FILE, signal) : null;
    const token = data === null ? null : tokenIn(Buffer.from(data).toString('utf8'));
    if (data !== null && token === null) throw unreadableToken(`${this.#connection.host}:${TOKEN_FILE}`);
    return { token, freeBytes: null };
  }

  async list(target: string, signal: AbortSignal, entries: readonly RunEntry[] = []): Promise<ServerListing | null> {
    const lines: string[] = [];
    const filters = placeFilters(target, foreignNames(this.#volatile, entries));
    const args = ['--dry-run', '--recursive', '--links', '-ii', `--out-format=${LIST_FORMAT}`, ...filters];
    await this.#pull(args, { target, signal, onOut: (line) => lines.push(line) });
    const listing = parseItemized(lines, target);
    if (listing !== null && namesTop(lines)) return listing.there ? listing : null;
    throw new NasSyncError('unknown', `${this.#connection.host}: rsync's list of ${printable(target)} cannot be read`);
  }

  /** rsync changes no modes but those of what it sends: what is locked there stays so, and its list says it. */
  unlockAndList(target: string, signal: AbortSignal): Promise<ServerListing | null> {
    return this.list(target, signal);
  }

  async inPlace(request: PushRequest, files: readonly FileEntry[]): Promise<ReadonlySet<string>> {
    const { verdicts } = await this.#compared(request, files);
    return new Set(files.filter((file) => verdicts.get(file.path) === true).map((file) => file.path));
  }

  async hash(request: HashRequest): Promise<TargetListing> {
    const { target, entries, signal } = request;
    const listing = (await this.list(target, signal, entries)) ?? NOTHING;
    const place = asPlace(listing);
    const ours = entries.filter((entry) => entry.kind === 'file');
    const alike = ours.filter((file) => listing.files.get(file.path) === file.identity.size);
    const common = await stillHere(request.source, alike);
    const { verdicts, tools } = await this.#compared(request, common);
    const byPath = new Map(common.map((file) => [file.path, file]));
    const digestOf = (path: string): TargetFile['digest'] => {
      const file = byPath.get(path);
      const sha256 = file === undefined || verdicts.get(path) !== true ? null : request.sha256Of(file);
      return sha256 === null ? null : `sha256:${sha256}`;
    };
    const bytes = common.reduce((total, file) => total + file.identity.size, 0);
    request.onProgress({ bytes, files: common.length, currentFile: null });
    return {
      ...place,
      files: place.files.map((file) => ({ ...file, digest: digestOf(file.path) })),
      evidence: 'remote-hash',
      method: "whole files compared by rsync's own MD5 on both sides; the account allows no other program",
      comparesOnly: true,
      tools,
    };
  }

  async readMeta(path: string, signal: AbortSignal): Promise<Uint8Array | null> {
    return this.#aside(async (folder) => {
      const result = await this.#rsync({
        args: ['--links', this.#place(path), `${folder}/`],
        target: posix.dirname(path),
        signal,
        direction: 'fetch',
      });
      if (result.run.exitCode !== 0) {
        if (isAbsent(result)) return null;
        throw this.#failure(result, 'fetch');
      }
      const data = await readSmallFile(join(folder, posix.basename(path))).catch((error: unknown) => {
        if (systemCode(error) === undefined) throw error;
        return null;
      });
      if (data !== null) return data;
      throw new NasSyncError(
        'target_conflict',
        `${this.#connection.host}: ${printable(path)} is no file; move it away`,
      );
    });
  }

  async writeMeta(
    path: string,
    data: Uint8Array,
    { exclusive }: { exclusive: boolean },
    signal: AbortSignal,
  ): Promise<void> {
    await this.#aside(async (folder) => {
      const file = join(folder, posix.basename(path));
      await writeFile(file, data, { mode: 0o644 });
      const keep = exclusive ? ['--ignore-existing'] : ['--ignore-times'];
      await this.#must({
        // Into the folder: rrsync would pin a file that is there, and rsync could not replace it.
        args: ['--mkpath', '--times', ...keep, file, `${this.#place(posix.dirname(path))}/`],
        target: posix.dirname(path),
        signal,
      });
    });
    if (!exclusive) return;
    // rsync does not say that it left the file alone: what is read back tells whose it is.
    const present = await this.readMeta(path, signal);
    if (present !== null && Buffer.from(data).equals(present)) return;
    throw new NasSyncError('target_conflict', `${printable(path)} is there already`);
  }

  /** rsync renames nothing on the server's side. */
  async setAside({ target, paths, signal }: SetAsideRequest): Promise<void> {
    const there = await this.list(target, signal);
    const links = new Set(there?.links.map(({ path }) => path));
    const first = paths.find((path) => there?.files.has(path) === true || links.has(path));
    if (first === undefined) return;
    const { host } = this.#connection;
    throw new NasSyncError(
      'target_conflict',
      `${host}: ${printable(posix.join(target, first))} is no longer in the run, and the account allows rsync only, which moves no files; move it away on the server, or give the account a shell`,
    );
  }

  /** An account may forbid to delete; what is left then lies in the record folder, and is no part of the run. */
  async tidyUp(target: string, signal: AbortSignal): Promise<void> {
    const folder = posix.join(target, posix.dirname(PARTIALS));
    await this.#aside((empty) => this.#rsync({ args: this.#onlyRemove(empty, folder, PARTIALS_NAME), target, signal }));
  }

  /** The caller has made sure that it is a canary's name. */
  async removeCanary(target: string, signal: AbortSignal): Promise<void> {
    const { dir: folder, base } = posix.parse(target);
    await this.#aside((empty) => this.#must({ args: this.#onlyRemove(empty, folder, base), target, signal }));
  }

  async receive(target: string, signal: AbortSignal): Promise<RsyncWay> {
    await this.#aside(async (skeleton) => {
      await mkdir(join(skeleton, PARTIALS), { recursive: true });
      const args = ['--recursive', '--mkpath', `${skeleton}/`, `${this.#place(target)}/`];
      await this.#must({ args, target, signal });
    });
    // rrsync takes this path from its own folder, and an absolute one for none of its own.
    const temporary = posix.join(this.#top, target, PARTIALS).replace(/^\/+/u, '');
    return { args: [`--temp-dir=${temporary}`], place: `${this.#place(target)}/` };
  }

  send(target: string): RsyncWay {
    return { args: [], place: `${this.#place(target)}/` };
  }

  examine(): Promise<readonly Examined[]> {
    return Promise.resolve([
      {
        name: 'account',
        ok: true,
        detail: "allows rsync only: copies are proven by rsync's own MD5, and free space and clock cannot be asked for",
        fix: null,
      },
    ]);
  }

  /** For each file, whether rsync finds its content on both sides; what it does not name has no verdict. */
  async #compared(
    { source, target, signal }: PushRequest | HashRequest,
    files: readonly FileEntry[],
  ): Promise<{ verdicts: ReadonlyMap<string, boolean>; tools: ToolRun[] }> {
    if (files.length === 0) return { verdicts: new Map(), tools: [] };
    const lines: string[] = [];
    const bytes = files.reduce((total, file) => total + file.identity.size, 0);
    const { run } = await this.#must({
      args: ['--from0', '--files-from=-', '--copy-links', ...COMPARE, `${source}/`, `${this.#place(target)}/`],
      target,
      signal,
      input: files.map(({ path }) => `./${path}\0`).join(''),
      onOut: (line) => lines.push(line),
      // Both sides read everything before they say anything.
      silenceMs: this.#connection.silenceMs + bytes / SLOWEST_BYTES_PER_MS,
    });
    return { verdicts: parseVerdicts(lines), tools: [run] };
  }

  /**
   * The server's rsync takes a path with wildcards for a pattern, and would copy `Run_[7]` into `Run_7`; a line break
   * ends the path early. No quoting helps where there is no shell to undo it.
   */
  #place(path: string): string {
    if (!/[*?[\n\r]/u.test(path)) return `${ANY_HOST}:${posix.join(this.#top, path)}`;
    throw new NasSyncError(
      'source_invalid',
      `the account on ${this.#connection.host} allows rsync only, which would take ${printable(path)} for a pattern; rename the run's folder, or give the account a shell`,
    );
  }

  /** Takes one name out of a folder: the last filter protects every other from the deletion. */
  #onlyRemove(empty: string, folder: string, name: string): string[] {
    const filters = [`--include=/${name}/***`, '--exclude=*'];
    return ['--recursive', '--delete', ...filters, `${empty}/`, `${this.#place(folder)}/`];
  }

  /** A dry run from the server's top into an empty folder. */
  #pull(args: readonly string[], call: Omit<Call, 'args' | 'direction'>): Promise<ErrandResult> {
    return this.#aside((empty) =>
      this.#must({ ...call, args: [...args, `${this.#place('')}/`, `${empty}/`], direction: 'fetch' }),
    );
  }

  async #must(call: Call): Promise<ErrandResult> {
    const result = await this.#rsync(call);
    if (result.run.exitCode !== 0) throw this.#failure(result, call.direction ?? 'push');
    return result;
  }

  #failure(result: ErrandResult, direction: Direction): Error {
    const { host } = this.#connection;
    return (
      uncleanShell(host, result.lines, this.#answer) ??
      rsyncFailure(result, host, direction) ??
      new NasSyncError('unknown', `${host}: rsync could not set times or permissions`, { tool: result.run })
    );
  }

  #rsync({ args, target, signal, input, onOut, silenceMs }: Call): Promise<ErrandResult> {
    return rsyncInTurn(this.#connection, args, {
      target,
      signal,
      silenceMs: () => silenceMs ?? this.#connection.silenceMs,
      ...(input === undefined ? {} : { input }),
      ...(onOut === undefined ? {} : { onOut }),
    });
  }

  /** A folder of this machine that is there for one call. */
  #aside<T>(act: (folder: string) => Promise<T>): Promise<T> {
    return withTemporaryFolder('nas-sync-', act);
  }
}
