import type { Bay, Engine } from '../engine/engine.js';
import { assertRootIsElsewhere } from '../transports/assert-separate.js';
import type { TargetProbe } from '../transports/transport.js';
import { rehearse } from './canary-checks.js';
import { CANARY_CHECKS, newCanaryPlace } from './canary-run.js';
import { Checklist, failure, ill, well, type Seen } from './checklist.js';
import { freeSpace } from './free-space.js';
import { localRoot } from './local-root.js';
import type { DoctorCheck, DoctorOptions } from './report.js';

/** Everything about one equipment, from its local root to a run on its target. */
export async function examineBay(engine: Engine, bay: Bay, options: DoctorOptions): Promise<readonly DoctorCheck[]> {
  const list = new Checklist(bay.equipment.id, options);
  await examineAll(list, engine, bay, options.signal ?? new AbortController().signal);
  return list.checks;
}

async function examineAll(list: Checklist, engine: Engine, bay: Bay, signal: AbortSignal): Promise<void> {
  const { equipment, transport } = bay;
  await list.check('local_root', () => localRoot(equipment.localRoot));
  await examineTransport(list, bay, signal);

  let probe: TargetProbe | null = null;
  const look = async (): Promise<Seen> => {
    probe = await transport.probe(signal);
    return well(`${transport.place} answers`);
  };
  if (!(await list.check('reachable', look, ['identity_token', 'free_space', 'apart', ...CANARY_CHECKS]))) return;
  const { token, freeBytes } = probe ?? { token: null, freeBytes: null };
  const isRight = await list.check('identity_token', () => identity(engine, bay, token), CANARY_CHECKS);
  await list.check('free_space', () => freeSpace(engine, equipment, freeBytes, signal));
  const place = newCanaryPlace();
  await list.check('apart', () => apart(bay, place, isRight, signal));
  if (isRight) await rehearse(list, engine, bay, place, signal);
}

/** The transport's own lines; a transport that cannot even say them has one. */
async function examineTransport(list: Checklist, { transport }: Bay, signal: AbortSignal): Promise<void> {
  try {
    for (const { name, ...seen } of await transport.examine(signal)) list.add(name, seen);
  } catch (error) {
    signal.throwIfAborted();
    list.add('transport', failure(error));
  }
}

async function identity({ store }: Engine, { transport }: Bay, token: string | null): Promise<Seen> {
  const { place } = transport;
  const known = await store.targets.tokenOf(place);
  if (known === null) {
    return well(
      token === null
        ? `${place} was never met; the first push will leave a token there`
        : `${place} carries the token ${token}; the first push will remember it`,
    );
  }
  if (token === known) return well(`${place} is the target that was met at first contact`);
  const remedy = 'mount the right share, or fix the transport in the configuration';
  return token === null
    ? ill(`${place} lacks the identity token that was left there; is the share mounted?`, remedy)
    : ill(`${place} is another target (token ${token}) than the one met at first contact (${known})`, remedy);
}

/** A target within the local root would be taken for runs, and one that is the local root for a copy of each run. */
async function apart(
  { equipment, transport }: Bay,
  place: string,
  mayWrite: boolean,
  signal: AbortSignal,
): Promise<Seen> {
  const { localRoot: root } = equipment;
  try {
    await transport.requireApart(root, place, signal);
    if (mayWrite) await assertRootIsElsewhere(transport, root, signal);
  } catch (error) {
    const remedy = 'give local_root and the transport two folders of which none lies in the other';
    return { ...failure(error), fix: remedy };
  }
  return well(`${transport.place} lies outside ${root}`);
}
