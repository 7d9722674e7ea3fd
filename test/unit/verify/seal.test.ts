import { expect, it } from 'vitest';
import { MANIFEST_PATH } from '#dist/run/manifest.js';
import { RECORD_PATH } from '#dist/run/record/record-file.js';
import type { Transport } from '#dist/transports/transport.js';
import { put } from '#dist/verify/seal.js';

type Kept = (data: Uint8Array) => Uint8Array | null;

/** A target that answers each write with success, and keeps what `kept` makes of it. */
function targetThat(kept: Kept): Transport {
  const files = new Map<string, Uint8Array>();
  return {
    writeMeta: (path: string, data: Uint8Array) => {
      const there = kept(data);
      if (there !== null) files.set(path, there);
      return Promise.resolve();
    },
    readMeta: (path: string) => Promise.resolve(files.get(path) ?? null),
  } as unknown as Transport;
}

const write = (kept: Kept, name: string) =>
  put(
    { transport: targetThat(kept), target: 'Run', signal: AbortSignal.timeout(1000) },
    name,
    Buffer.from('text'),
    null,
  );

const FAULTS: [string, Kept][] = [
  ['nothing of it', () => null],
  ['a part of it', (data) => data.subarray(0, 2)],
  ['other bytes', (data) => data.map((byte) => byte ^ 1)],
];

it.each([MANIFEST_PATH, RECORD_PATH].flatMap((name) => FAULTS.map(([what, kept]) => [name, what, kept] as const)))(
  '%s is not called written where the target answered success and holds %s',
  async (name, _, kept) => {
    await expect(write(kept, name)).rejects.toMatchObject({ code: 'hash_mismatch' });
  },
);

it('what reads back as it was written is written', async () => {
  await expect(write((data) => data, MANIFEST_PATH)).resolves.toBeUndefined();
});
