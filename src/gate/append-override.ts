import { randomUUID } from 'node:crypto';
import { isoTime } from '../clock.js';
import { NasSyncError } from '../errors.js';
import { printable } from '../run/printable.js';
import { updateRecord, type JsonChange, type RunRecord } from '../run/record/record.js';
import { overridesIn, OVERRIDES_KEY, overridesValue, type Override } from './overrides.js';

/** Who does it and why; both stay in the run's record for good. */
export interface Accountable {
  readonly operator: string;
  readonly reason: string;
}

export interface OverrideToAppend extends Accountable {
  readonly problemClass: string;
  /** In ms since the epoch; `null`: never. */
  readonly expiresAt: number | null;
}

/** @throws NasSyncError as `updateRecord` */
export async function appendOverride(runPath: string, override: OverrideToAppend, now: number): Promise<Override> {
  const id = randomUUID();
  const { problemClass, operator, reason, expiresAt } = override;
  const entry = {
    id,
    problem_class: problemClass,
    operator,
    recorded_at: isoTime(now),
    reason,
    revoked: false,
    ...(expiresAt === null ? {} : { expires_at: isoTime(expiresAt) }),
  };
  return appended(await updateRecord(runPath, (record) => [append(record, entry)]), id, now);
}

/** @throws NasSyncError `usage` for an unknown id, `not_allowed` for a revoked one, and as `updateRecord` */
export async function appendTombstone(
  runPath: string,
  revokes: string,
  { operator, reason }: Accountable,
  now: number,
): Promise<Override> {
  const entry = { id: randomUUID(), revokes, operator, recorded_at: isoTime(now), reason, revoked: true };
  const record = await updateRecord(runPath, (current) => {
    expectRevocable(runPath, current, revokes, now);
    return [append(current, entry)];
  });
  return appended(record, revokes, now);
}

function expectRevocable(runPath: string, record: RunRecord, id: string, now: number): void {
  const named = overridesIn(overridesValue(record), now).filter((override) => override.id === id);
  if (named.length === 0) {
    throw new NasSyncError(
      'usage',
      `${printable(runPath)} has no override ${printable(id)}; \`nas-sync override list\` shows those that it has`,
    );
  }
  if (named.some(({ state }) => state !== 'revoked')) return;
  throw new NasSyncError('not_allowed', `the override ${printable(id)} of ${printable(runPath)} is revoked already`);
}

/** Hosts may write `null` where they have none. */
const append = (record: RunRecord, entry: object): JsonChange =>
  overridesValue(record) === null
    ? { path: [OVERRIDES_KEY], value: [entry] }
    : { path: [OVERRIDES_KEY, -1], value: entry };

function appended(record: RunRecord, id: string, now: number): Override {
  const override = overridesIn(overridesValue(record), now).find((one) => one.id === id);
  if (override === undefined) throw new Error(`the override ${id} was written and is not there`);
  return override;
}
