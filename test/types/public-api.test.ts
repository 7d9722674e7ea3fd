import type {
  NasSyncClient,
  ConfigInput,
  Finding,
  JobView,
  NasSyncClientOptions,
  ProofDocument,
  SyncJobHandle,
  Transport,
  Validator,
  VerifyResult,
} from 'nas-sync';
import type { JobState } from 'nas-sync/machines';
import type { MemoryTransport, SimulatedClock } from 'nas-sync/testing';
import { describe, expectTypeOf, it } from 'vitest';

/** Held by the compiler (`npm run check:types`); running it only shows that the file was read. */
describe('the types that hosts write against', () => {
  it('take a config in camelCase with the defaults left out', () => {
    expectTypeOf<{
      equipment: { id: string; localRoot: string; transport: { type: 'mount'; path: string } }[];
    }>().toExtend<ConfigInput>();
  });

  it('name every call of the contract', () => {
    expectTypeOf<NasSyncClient['init']>().returns.resolves.toBeVoid();
    expectTypeOf<NasSyncClient['enqueue']>().returns.resolves.toEqualTypeOf<SyncJobHandle>();
    expectTypeOf<NasSyncClient['status']>().returns.resolves.toEqualTypeOf<JobState | 'none'>();
    expectTypeOf<NasSyncClient['job']>().returns.resolves.toEqualTypeOf<JobView | null>();
    expectTypeOf<NasSyncClient['forceVerify']>().returns.resolves.toEqualTypeOf<VerifyResult>();
    expectTypeOf<NasSyncClient['proof']>().returns.resolves.toEqualTypeOf<ProofDocument>();
    expectTypeOf<NasSyncClient['checkProof']>().returns.resolves.toExtend<VerifyResult>();
    expectTypeOf<NasSyncClient['waitFor']>().parameter(1).toEqualTypeOf<JobState>();
    expectTypeOf<NasSyncClient>().toExtend<AsyncDisposable>();
  });

  it('let a host bring its own validator, transports, clock and logger', () => {
    expectTypeOf<NasSyncClientOptions['validator']>().toEqualTypeOf<Validator | undefined>();
    expectTypeOf<MemoryTransport>().toExtend<Transport>();
    expectTypeOf<SimulatedClock>().toExtend<NonNullable<NasSyncClientOptions['clock']>>();
  });

  it('have no missing keys: what is absent is null', () => {
    expectTypeOf<Required<JobView>>().toEqualTypeOf<JobView>();
    expectTypeOf<Required<ProofDocument>>().toEqualTypeOf<ProofDocument>();
    expectTypeOf<Required<Finding>>().toEqualTypeOf<Finding>();
  });
});
