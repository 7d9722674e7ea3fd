import assert from 'node:assert/strict';
import { PLACE, type Proofs } from './fixture.js';
import { rejection } from './tools.js';

const FIRST = '8f2d7c1e-0000-4000-8000-000000000001';
const SECOND = '8f2d7c1e-0000-4000-8000-000000000002';

/** Who the target is, and what becomes of the transport when it is closed. */
export const IDENTITY: Proofs = {
  'a target that was never met shows no token': async ({ transport, signal }) => {
    assert.equal((await transport.probe(signal)).token, null);
  },

  'a target shows the token that was left there': async ({ transport, signal }) => {
    await transport.imprint(FIRST, signal);
    assert.equal((await transport.probe(signal)).token, FIRST);
  },

  'a second token does not replace the first': async ({ transport, signal }) => {
    await transport.imprint(FIRST, signal);
    await transport.imprint(SECOND, signal).catch(() => undefined);
    assert.equal((await transport.probe(signal)).token, FIRST);
  },

  'the free space is a number of bytes, or not known': async ({ transport, signal }) => {
    const { freeBytes } = await transport.probe(signal);
    assert.ok(freeBytes === null || (Number.isFinite(freeBytes) && freeBytes >= 0), `not ${String(freeBytes)}`);
  },

  'a run that lies elsewhere is apart from its place': async (bench) => {
    await bench.transport.requireApart(bench.run, PLACE, bench.signal);
  },

  'every line about the transport has a name, and says what to do where it is not well': async (bench) => {
    for (const { name, ok, detail, fix } of await bench.transport.examine(bench.signal)) {
      assert.match(name, /^[a-z][a-z0-9_]*$/u);
      assert.notEqual(detail, '', `${name} has a detail`);
      assert.ok(ok || (fix !== null && fix !== ''), `${name} has a fix`);
    }
  },

  'closing twice is closing once': async ({ transport }) => {
    await transport.close();
    await transport.close();
  },

  'nothing is answered once it is closed': async (bench) => {
    await bench.write('a.txt', 'a');
    await bench.push();
    await bench.transport.close();
    const { transport, signal } = bench;
    const calls: Readonly<Record<string, () => Promise<unknown>>> = {
      probe: () => transport.probe(signal),
      push: () => bench.push(),
      hash: () => bench.hash(),
      list: () => transport.list(PLACE, signal),
      fetch: () => bench.fetch(['a.txt']),
      readMeta: () => transport.readMeta(`${PLACE}/a.txt`, signal),
      writeMeta: () => transport.writeMeta(`${PLACE}/b.txt`, new Uint8Array(), { exclusive: false }, signal),
    };
    for (const [call, make] of Object.entries(calls)) await assert.rejects(make(), `${call} is refused`);
  },

  'a signal that was given already ends every call with its reason': async (bench) => {
    await bench.write('a.txt', 'a');
    await bench.push();
    const reason = new Error('not any more');
    const signal = AbortSignal.abort(reason);
    const isReason = (error: unknown): boolean => error === reason;
    const { transport } = bench;
    await assert.rejects(transport.probe(signal), isReason, 'probe');
    await assert.rejects(bench.push({ signal }), isReason, 'push');
    await assert.rejects(bench.hash({ signal }), isReason, 'hash');
    await assert.rejects(transport.list(PLACE, signal), isReason, 'list');
    await assert.rejects(bench.fetch(['a.txt'], { signal }), isReason, 'fetch');
    await assert.rejects(transport.readMeta(`${PLACE}/a.txt`, signal), isReason, 'readMeta');
  },

  'a failure is an error that a job can be told, in one line': async (bench) => {
    const { message } = await rejection(bench.fetch(['is not there.txt']));
    assert.notEqual(message, '');
  },
};
