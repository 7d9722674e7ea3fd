import { isoTime } from '../clock.js';
import { printable } from '../run/printable.js';
import { isObject } from '../run/record/json-edit.js';
import type { RunRecord } from '../run/record/record.js';
import { instantOf } from './parse-iso-time.js';

/** The key of the run record that holds overrides and tombstones, append-only. */
export const OVERRIDES_KEY = 'validation_overrides';

/** One finding class that a person lets pass, for one run. */
export interface Override {
  readonly id: string;
  /** The name of the rule. */
  readonly problemClass: string;
  readonly operator: string;
  /** ISO 8601 UTC where the record holds a time, else what it holds. */
  readonly recordedAt: string;
  readonly reason: string;
  /** As {@link recordedAt}; `null`: never. */
  readonly expiresAt: string | null;
  readonly state: 'active' | 'expired' | 'revoked';
  /** The tombstone that revoked it, if one did. */
  readonly revocation: Revocation | null;
}

export interface Revocation {
  readonly id: string | null;
  readonly operator: string | null;
  readonly recordedAt: string | null;
  readonly reason: string | null;
}

/** The record's own value of {@link OVERRIDES_KEY}, whatever it is. */
export const overridesValue = ({ raw }: RunRecord): unknown => (isObject(raw) ? raw[OVERRIDES_KEY] : undefined);

/** The overrides that hold at `now`. `value` may be anything: what is no override is passed over. */
export const activeOverrides = (value: unknown, now: number): Override[] =>
  overridesIn(value, now).filter(({ state }) => state === 'active');

/**
 * Every override of the record as it stands at `now`, in the record's order. An entry that names what it `revokes` is a
 * tombstone, wherever it stands. One that lacks a text which accounts for it, or says neither `revoked: false` nor
 * `true`, is no override: in doubt nothing passes.
 */
export function overridesIn(value: unknown, now: number): Override[] {
  const tombstones = tombstonesIn(value);
  return entriesOf(value).flatMap((entry) => overrideOf(entry, tombstones, now) ?? []);
}

/** What has no effect, one line each. */
export function overrideWarnings(value: unknown): string[] {
  const known = new Set(overridesIn(value, 0).map(({ id }) => id));
  return [...tombstonesIn(value).keys()].filter((id) => !known.has(id)).map(namesNothing);
}

/** When each tombstone was written, in ms since the epoch; `null` for a time that cannot be read. */
export const revocationTimes = (record: RunRecord): (number | null)[] =>
  entriesOf(overridesValue(record))
    .filter((entry) => Object.hasOwn(entry, 'revokes'))
    .map((entry) => (typeof entry['recorded_at'] === 'string' ? instantOf(entry['recorded_at']) : null));

type Entry = Readonly<Record<string, unknown>>;

const ACCOUNTS = ['id', 'problem_class', 'operator', 'recorded_at', 'reason'] as const;

const entriesOf = (value: unknown): Entry[] => (Array.isArray(value) ? value.filter(isObject) : []);

/** By the id of what they revoke; the first one counts. */
function tombstonesIn(value: unknown): Map<string, Entry> {
  const pairs = entriesOf(value).map((entry) => [textOf(entry['revokes']), entry] as const);
  return new Map(pairs.toReversed().filter((pair): pair is [string, Entry] => pair[0] !== null));
}

function overrideOf(entry: Entry, tombstones: ReadonlyMap<string, Entry>, now: number): Override | null {
  const { revoked } = entry;
  const [id, problemClass, operator, recordedAt, reason] = ACCOUNTS.map((key) => textOf(entry[key]) ?? undefined);
  if (Object.hasOwn(entry, 'revokes') || typeof revoked !== 'boolean') return null;
  if (!id || !problemClass || !operator || !recordedAt || !reason) return null;
  const tombstone = tombstones.get(id);
  return {
    id,
    problemClass,
    operator,
    recordedAt: timeOf(recordedAt),
    reason,
    expiresAt: entry['expires_at'] == null ? null : timeOf(entry['expires_at']),
    state: revoked || tombstone !== undefined ? 'revoked' : stateByTime(entry['expires_at'], now),
    revocation: tombstone === undefined ? null : revocationOf(tombstone),
  };
}

/** A host may write `null` where it has nothing to say; whatever else is no time has run out. */
function stateByTime(expiresAt: unknown, now: number): 'active' | 'expired' {
  if (expiresAt == null) return 'active';
  const at = typeof expiresAt === 'string' ? instantOf(expiresAt) : null;
  return at !== null && at > now ? 'active' : 'expired';
}

const revocationOf = (tombstone: Entry): Revocation => ({
  id: textOf(tombstone['id']),
  operator: textOf(tombstone['operator']),
  recordedAt: tombstone['recorded_at'] == null ? null : timeOf(tombstone['recorded_at']),
  reason: textOf(tombstone['reason']),
});

const textOf = (value: unknown): string | null => (typeof value === 'string' && value.trim() !== '' ? value : null);

function timeOf(value: unknown): string {
  if (typeof value !== 'string') return JSON.stringify(value);
  const at = instantOf(value);
  return at === null ? value : isoTime(at);
}

const namesNothing = (revokes: string): string =>
  `${OVERRIDES_KEY}: a tombstone revokes "${printable(revokes)}", and no override has this id: it has no effect`;
