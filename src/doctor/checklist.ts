import { NasSyncError, type ErrorCode } from '../errors.js';
import { printable } from '../run/printable.js';
import type { DoctorCheck, DoctorOptions } from './report.js';

/** What a look came to. */
export type Seen = Pick<DoctorCheck, 'ok' | 'detail' | 'fix'>;

export const well = (detail: string, advice: string | null = null): Seen => ({ ok: true, detail, fix: advice });
export const ill = (detail: string, fix: string): Seen => ({ ok: false, detail, fix });

/** The checks of one equipment, or of the machine, in the order in which they are made. */
export class Checklist {
  readonly #equipmentId: string | null;
  readonly #options: DoctorOptions;
  readonly #checks: DoctorCheck[] = [];

  constructor(equipmentId: string | null, options: DoctorOptions) {
    this.#equipmentId = equipmentId;
    this.#options = options;
  }

  get checks(): readonly DoctorCheck[] {
    return this.#checks;
  }

  /**
   * Makes one check. What `look` throws is its failure, unless it throws because we were told to stop.
   * @returns whether all is well, so that what depends on it may go on
   */
  async check(name: string, look: () => Promise<Seen> | Seen, leftOut: readonly string[] = []): Promise<boolean> {
    this.#options.signal?.throwIfAborted();
    this.#options.onBegin?.({ equipmentId: this.#equipmentId, name });
    let seen: Seen;
    try {
      seen = await look();
    } catch (error) {
      this.#options.signal?.throwIfAborted();
      seen = failure(error);
    }
    this.add(name, seen, leftOut);
    return seen.ok;
  }

  add(name: string, { ok, detail, fix }: Seen, leftOut: readonly string[] = []): void {
    const missing = ok || leftOut.length === 0 ? '' : ` (left out because of it: ${leftOut.join(', ')})`;
    const check = {
      equipmentId: this.#equipmentId,
      name,
      ok,
      detail: printable(detail + missing),
      fix: fix === null ? null : printable(fix),
    };
    this.#checks.push(check);
    this.#options.onCheck?.(check);
  }
}

export function failure(error: unknown): Seen {
  const message = error instanceof Error ? error.message : String(error);
  return ill(message, (error instanceof NasSyncError ? FIXES[error.code] : undefined) ?? ANY_FIX);
}

const ANY_FIX = 'fix what the message says, then look again; docs/errors.md says more about each failure';

/** What fixes a failure of this kind on this way to the NAS; the message says which place it is about. */
const FIXES: Partial<Readonly<Record<ErrorCode, string>>> = {
  auth: 'give this user the right to read and write there, or fix the key or the password',
  host_key: 'find out why the host key is another; if the server was reinstalled, replace its line in known_hosts',
  not_configured: 'fix what the message names: a setting, or the account on the server',
  wrong_target: 'mount the right share, or fix the transport of this equipment in the configuration',
  target_conflict: 'move away what stands in the way on the target',
  source_invalid: 'this target cannot hold what a run may hold; rename it in the run, or choose another way to the NAS',
  network: 'see that the NAS is up and that this machine reaches it; mount the share if it is not mounted',
  timeout: 'see why the NAS does not answer; a share that hangs must be unmounted and mounted anew',
  target_full: 'make room on the target',
  tool_missing: 'install the program that is named',
  store_unavailable: 'fix the path or its permissions, or choose another file with --db',
  store_newer: 'update nas-sync to the release that wrote the queue',
};
