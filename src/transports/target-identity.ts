import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { NasSyncError } from '../errors.js';
import type { WaitingFor } from '../machines/job-types.js';
import type { TargetStore } from '../persistence/target-store.js';
import type { RunEntry } from '../run/entry.js';
import { printable } from '../run/printable.js';
import type { Transport } from './transport.js';

/** `null`: it is the right target, and it answers. Else what its lane waits for. */
export type LaneClosed = Pick<WaitingFor, 'name' | 'measured' | 'required'> | null;

const CLOSING: ReadonlySet<string> = new Set(['network', 'timeout', 'tool_missing']);

/** What a lane waits for whose program is not installed. */
export const toolMissing = (message: string): NonNullable<LaneClosed> => ({
  name: 'tool_installed',
  measured: message,
  required: 'the tool is installed',
});

/**
 * Asks the target who it is, before anything is written to it. At first contact it is given a token (not with
 * `imprint: false`, for those who only look); ever after it must show the same one.
 * @throws NasSyncError `wrong_target`, `auth`, `not_configured`
 */
export async function meetTarget(
  transport: Transport,
  targets: TargetStore,
  now: number,
  signal: AbortSignal,
  { imprint = true }: { imprint?: boolean } = {},
): Promise<LaneClosed> {
  const known = await targets.tokenOf(transport.place);
  let token: string | null;
  try {
    token = (await transport.probe(signal)).token;
    if (token === null && known === null && imprint) token = await firstContact(transport, signal);
  } catch (error) {
    return closedBy(error, transport.place);
  }
  if (token === null) {
    return {
      name: 'target_reachable',
      measured:
        known === null
          ? `${transport.place} was never met; nothing was pushed there yet`
          : `${transport.place} lacks the identity token that was left there; is the share mounted?`,
      required: 'the target that was met at first contact',
    };
  }
  const expected = await targets.remember(transport.place, token, now);
  if (token !== expected) {
    throw new NasSyncError(
      'wrong_target',
      `${transport.place} is another target than the one met at first contact (token ${token}, expected ${expected}); mount the right share, then retry`,
    );
  }
  return null;
}

/** What keeps a lane closed until it ends by itself; anything else is for the job to fail with. */
function closedBy(error: unknown, place: string): NonNullable<LaneClosed> {
  if (!(error instanceof NasSyncError) || !CLOSING.has(error.code)) throw error;
  if (error.code === 'tool_missing') return toolMissing(error.message);
  return { name: 'target_reachable', measured: error.message, required: `${place} answers` };
}

/** At the top of each target, or what stands for it there; part of the run only if the target lies inside the run. */
export const TOKEN_FILE = '.nas-sync-target.json';

/**
 * A share mounted inside the run, by whatever way: its token then lies in the run. Left alone, each push would copy the
 * copies of the push before.
 * @throws NasSyncError `wrong_target`
 */
export async function requireTokenOutside(
  run: { readonly path: string; readonly entries: readonly RunEntry[] },
  transport: Transport,
  targets: TargetStore,
): Promise<void> {
  const known = await targets.tokenOf(transport.place);
  for (const { kind, path } of run.entries) {
    if (kind !== 'file' || posix.basename(path) !== TOKEN_FILE || known === null) continue;
    const text = await readFile(join(run.path, path), 'utf8');
    if (!text.includes(known)) continue;
    throw new NasSyncError(
      'wrong_target',
      `${transport.place} lies inside the run (its token is ${printable(path)}); fix the transport, then retry`,
    );
  }
}

async function firstContact(transport: Transport, signal: AbortSignal): Promise<string | null> {
  try {
    await transport.imprint(randomUUID(), signal);
  } catch (error) {
    // Another process met it in the same moment: its token counts.
    const { token } = await transport.probe(signal);
    if (token === null) throw error;
    return token;
  }
  return (await transport.probe(signal)).token;
}
