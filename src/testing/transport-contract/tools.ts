import assert from 'node:assert/strict';
import { jobError, NasSyncError } from '../../errors.js';

/** That the work is refused with an error that a job can be told; gives it back for a closer look. */
export async function rejection(work: Promise<unknown>): Promise<NasSyncError> {
  const error: unknown = await work.then(
    () => assert.fail('the call should have been rejected'),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof NasSyncError, `it rejects with a NasSyncError, not with ${String(error)}`);
  assert.equal(jobError(error).kind, error.code, `${error.code} is a kind that a job can be told`);
  assert.ok(!/[\r\n]/u.test(error.message), 'its message is one line');
  return error;
}

/** Bytes that no compression makes smaller, the same ones for each seed. */
export function noise(bytes: number, seed = 1): Uint8Array {
  const data = new Uint8Array(bytes);
  let state = seed;
  for (let at = 0; at < bytes; at += 1) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    data[at] = state >>> 24;
  }
  return data;
}

/** The same bytes with one bit another in the middle. */
export function flipped(data: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(data);
  const middle = copy.length >> 1;
  copy[middle] = (copy[middle] ?? 0) ^ 1;
  return copy;
}
