import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NasSyncError } from 'nas-sync';
import { MemoryTransport } from 'nas-sync/testing';
import { openStore, type Store } from '#dist/persistence/store.js';
import { meetTarget } from '#dist/transports/target-identity.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

let folder: string;
let store: Store;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nas-sync-test-'));
  store = await openStore(join(folder, 'queue.db'));
});
afterEach(async () => {
  await store.close();
  await rm(folder, { recursive: true });
});

const meet = (nas: MemoryTransport) => meetTarget(nas, store.targets, 0, AbortSignal.timeout(5000));

describe('the right NAS', () => {
  it('is given a token at first contact, and known by it ever after', async () => {
    const nas = new MemoryTransport();
    expect(await meet(nas)).toBeNull();
    const { token } = await nas.probe();
    expect(token).toMatch(/^[0-9a-f-]{36}$/);
    expect(await meet(nas)).toBeNull();
    expect((await nas.probe()).token).toBe(token);
  });

  it('keeps a token that another workstation has left there', async () => {
    const nas = new MemoryTransport();
    await nas.imprint('from-elsewhere');
    expect(await meet(nas)).toBeNull();
    expect(await store.targets.tokenOf(nas.place)).toBe('from-elsewhere');
  });

  it('that lost its token is not mounted, and its lane waits', async () => {
    await meet(new MemoryTransport());
    expect(await meet(new MemoryTransport())).toMatchObject({ name: 'target_reachable' });
  });

  it('that does not answer closes its lane', async () => {
    const nas = new MemoryTransport();
    nas.goAway();
    expect(await meet(nas)).toEqual({
      name: 'target_reachable',
      measured: 'memory:nas does not answer',
      required: 'memory:nas answers',
    });
  });

  it('with another token is refused, naming both', async () => {
    await store.targets.remember('memory:nas', 'the-first', 0);
    const other = new MemoryTransport();
    await other.imprint('the-second');
    await expect(meet(other)).rejects.toMatchObject({
      code: 'wrong_target',
      message: expect.stringMatching(/the-second.*the-first/) as string,
    });
  });

  it('that refuses us is no closed lane: waiting would not help', async () => {
    const nas = new MemoryTransport();
    nas.failNext('probe', new NasSyncError('auth', 'permission denied'));
    await expect(meet(nas)).rejects.toMatchObject({ code: 'auth' });
  });
});
