import type { DoctorCheck, Transport } from 'nas-sync';
import { MountTransport } from '#dist/transports/mount/mount-transport.js';
import { expect, it } from 'vitest';
import { broken } from '../../contract/transports/broken.js';
import { Lab, listing } from '../../support/lab.js';

/** A client whose doctor comes no further than the pass: the canary is on the target then. */
function holding(lab: Lab, how: Partial<Transport> = {}) {
  const real = new MountTransport({ path: lab.nas, timeoutSeconds: 10 });
  let reach = (): void => undefined;
  const reached = new Promise<void>((resolve) => (reach = resolve));
  let closed = false;
  const transport = broken(real, {
    close: async () => {
      closed = true;
      await real.close();
    },
    removeCanary: (...args) =>
      closed ? Promise.reject(new Error('closed before the canary was gone')) : real.removeCanary(...args),
    hash: (request) => {
      if (request.entries.length === 0) return real.hash(request);
      reach();
      return new Promise((_, reject) => {
        request.signal.addEventListener('abort', () => reject(request.signal.reason as Error));
      });
    },
    ...how,
  });
  return { client: lab.open({ transport, drive: 'none' }), reached };
}

it('removes the canary before it answers to a wish to stop', async () => {
  const lab = new Lab();
  const { client, reached } = holding(lab);
  const stop = new AbortController();
  const examining = client.doctor({ signal: stop.signal });
  await reached;
  expect(listing(lab.nas)).not.toEqual([]);
  stop.abort(new Error('enough'));
  await expect(examining).rejects.toThrow('enough');
  expect(listing(lab.nas)).toEqual([]);
});

it('tells of a canary that it could not remove when it was stopped', async () => {
  const lab = new Lab();
  const { client, reached } = holding(lab, { removeCanary: () => Promise.reject(new Error('gone')) });
  const stop = new AbortController();
  const told: DoctorCheck[] = [];
  const examining = client.doctor({ signal: stop.signal, onCheck: (check) => told.push(check) });
  await reached;
  stop.abort(new Error('enough'));
  await expect(examining).rejects.toThrow('enough');
  expect(told.at(-1)).toMatchObject({ name: 'canary_removed', ok: false, fix: expect.stringContaining(lab.nas) });
});

it('removes the canary when its client is closed, while the transport is still open', async () => {
  const lab = new Lab();
  const { client, reached } = holding(lab);
  const examining = client.doctor();
  await reached;
  await Promise.all([expect(examining).rejects.toMatchObject({ code: 'closed' }), client.close({ deadline: 0 })]);
  expect(listing(lab.nas)).toEqual([]);
});

it('begins nothing once it is stopped', async () => {
  const lab = new Lab();
  const begun: string[] = [];
  const signal = AbortSignal.abort(new Error('enough'));
  await expect(lab.client.doctor({ signal, onBegin: ({ name }) => begun.push(name) })).rejects.toThrow('enough');
  expect(begun).toEqual([]);
});
