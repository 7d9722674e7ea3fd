import { chmodSync, existsSync } from 'node:fs';
import { execa, execaSync } from 'execa';
import type { CleanResult } from 'nas-sync';
import { expect, it, onTestFinished } from 'vitest';
import { documentOf, Workplace } from '../cli-workstation.js';
import { failing, snapshot } from './cleanup-lab.js';

const NOBODY = 65_534;
const AT_ONCE = { min_verify_passes: 1, min_age_hours: 0, min_evidence: 'cached-read' };

export const TREE = {
  'a.txt': 'the content of a',
  'deep/b.bin': 'the content of b',
  'deep/er/c.txt': 'the content of c',
  'other/d.txt': 'the content of d',
};

const isRoot = process.getuid?.() === 0;
const mayBecomeNobody = isRoot && !execaSync('true', { uid: NOBODY, reject: false }).failed;

/** Nobody locks root out, who lets somebody else try; a root of its own namespace only cannot become anybody. */
export const itAsNobody = it.skipIf(!mayBecomeNobody);

export interface LockedRunOptions {
  readonly tree?: Readonly<Record<string, string>>;
  /** `nas_cleanup`, as in the file. */
  readonly cleanup?: Readonly<Record<string, unknown>>;
  readonly asRoot?: boolean;
  /** Before anything is laid out. */
  readonly mounts?: (lab: Workplace) => Promise<unknown>;
  /** After the run is laid out, before it is proven. */
  readonly prepare?: (run: string) => unknown;
}

/** A proven run of an ordinary account, or of root, of which a test locks something. */
export class LockedRun {
  readonly lab = new Workplace();
  run = '';
  readonly #as: { readonly uid?: number; readonly gid?: number };

  private constructor(asRoot: boolean) {
    this.#as = asRoot ? {} : { uid: NOBODY, gid: NOBODY };
  }

  static async proven({ tree = TREE, cleanup = {}, asRoot = false, mounts, prepare }: LockedRunOptions = {}) {
    const locked = new LockedRun(asRoot);
    const { lab } = locked;
    await mounts?.(lab);
    lab.configure({ cleanup: { ...AT_ONCE, ...cleanup } });
    locked.run = await lab.run('day 1/Run_1', tree);
    await prepare?.(locked.run);
    if (!asRoot) await execa('chown', ['-R', '--no-dereference', `${NOBODY}:${NOBODY}`, lab.root]);
    const answer = await locked.cli('sync', locked.run);
    if (answer.exitCode !== 0) throw new Error(`not synced: ${answer.stderr}`);
    // What is locked must be gone with the lab once the test is over.
    onTestFinished(async () => {
      await execa('chattr', ['-R', '-f', '-i', '-a', lab.root], { reject: false });
    });
    return locked;
  }

  cli(...args: readonly string[]) {
    return this.lab.plain(['--config', this.lab.config, ...args], { ...this.#as, env: { HOME: this.lab.root } });
  }

  at(path: string): string {
    return path === '' ? this.run : `${this.run}/${path}`;
  }

  chmod(mode: number, ...paths: readonly string[]): void {
    for (const path of paths) chmodSync(this.at(path), mode);
  }

  /** `clean` deletes nothing, and says which command would help. */
  async heldBack(others: readonly string[] = []): Promise<{ measured: string; fix: string }> {
    const before = snapshot(this.run);
    const answer = await this.cli('clean', this.run, '--json');
    const result = documentOf(answer) as CleanResult;
    expect(failing(result)).toEqual([...others, 'folders_writable']);
    expect(result.deleted).toBe(false);
    expect(answer.exitCode).toBe(1);
    expect(snapshot(this.run)).toEqual(before);
    const { measured, fix } = result.interlocks.find(({ name }) => name === 'folders_writable')!;
    return { measured, fix: fix! };
  }

  /** Does what the words say, and nothing else. */
  async follow(fix: string): Promise<void> {
    const commands = [...fix.matchAll(/`([^`]+)`/gu)].map(([, command]) => command!);
    for (const command of commands.filter((one) => !one.includes('retain_cache'))) {
      // Here root needs no sudo.
      const asked = command.includes('sudo ') ? {} : this.#as;
      await execa('bash', ['-c', `sudo() { "$@"; }; ${command}`], { ...asked, reject: false });
    }
  }

  async expectDeleted(): Promise<void> {
    const answer = await this.cli('clean', this.run, '--json');
    expect(documentOf(answer)).toMatchObject({ deleted: true });
    const left = existsSync(this.run) ? Object.keys(snapshot(this.run)) : [];
    expect(left.filter((path) => !path.startsWith('.exlab-wizard'))).toEqual([]);
  }
}
