import { isoTime } from '../clock.js';
import { parseDuration } from '../config/duration.js';
import type { Engine } from '../engine/engine.js';
import { NasSyncError } from '../errors.js';
import { appendOverride, appendTombstone, type Accountable } from '../gate/append-override.js';
import { expectOverridable, HARD_CLASSES } from '../gate/finding-classes.js';
import { judge } from '../gate/gate.js';
import { overridesIn, overridesValue, overrideWarnings, type Override } from '../gate/overrides.js';
import { instantOf } from '../gate/parse-iso-time.js';
import type { Validator } from '../gate/validator.js';
import { printable } from '../run/printable.js';
import { readRecord } from '../run/record/record.js';
import { placed } from './gate.js';

/** What is to pass, by whose word and why. All of it stays in the run's record for good. */
export interface NewOverride extends Accountable {
  /** The name of the rule whose findings are to pass. */
  readonly problemClass: string;
  /** An ISO 8601 time (without a zone: UTC), or how long from now, such as `30d`; else it never ends. */
  readonly expires?: string;
}

export interface OverridesView {
  readonly runPath: string;
  /** In the order in which they were recorded. */
  readonly overrides: readonly Override[];
}

export interface OverrideView {
  readonly runPath: string;
  readonly override: Override;
}

export async function addOverride(
  engine: Engine,
  validator: Validator,
  path: string,
  asked: NewOverride,
): Promise<OverrideView> {
  const run = await placed(engine, path);
  await readRecord(run.runPath);
  const accountable = expectAccountable(asked);
  const now = engine.clock.now();
  const expiresAt = asked.expires === undefined ? null : endOf(asked.expires, now);
  const { problemClass } = asked;
  const isOurs = HARD_CLASSES.includes(problemClass);
  const found = isOurs ? [] : (await judge(run, { validator, clock: engine.clock })).findings;
  expectOverridable(
    problemClass,
    found.filter(({ tier }) => tier === 'hard').map(({ rule }) => rule),
  );
  const { runPath } = run;
  return { runPath, override: await appendOverride(runPath, { problemClass, expiresAt, ...accountable }, now) };
}

export async function revokeOverride(
  engine: Engine,
  path: string,
  id: string,
  asked: Accountable,
): Promise<OverrideView> {
  const { runPath } = await placed(engine, path);
  const override = await appendTombstone(runPath, id, expectAccountable(asked), engine.clock.now());
  return { runPath, override };
}

export async function overridesOf(engine: Engine, path: string): Promise<OverridesView> {
  const { runPath } = await placed(engine, path);
  const value = overridesValue(await readRecord(runPath));
  for (const warning of overrideWarnings(value)) engine.logger.warn({ runPath }, warning);
  return { runPath, overrides: overridesIn(value, engine.clock.now()) };
}

function expectAccountable({ operator, reason }: Accountable): Accountable {
  if (operator.trim() === '') throw new NasSyncError('usage', 'an override needs the name of the operator; give it');
  if (reason.trim() === '') throw new NasSyncError('usage', 'an override needs a reason; say why in some words');
  return { operator, reason };
}

function endOf(expires: string, now: number): number {
  const refuse = (why: string): never => {
    throw new NasSyncError('usage', `the end of the override, ${printable(expires)}, ${why}`);
  };
  const lengthMs = parseDuration(expires);
  const at = lengthMs === null ? instantOf(expires) : now + lengthMs;
  if (at === null) return refuse('is no time; give one such as 2030-01-31T12:00Z, or a length such as 30d');
  if (at <= now) return refuse('has passed already; give a later time, or a length such as 30d');
  return isWritable(at) ? at : refuse('is too far away; leave it out for an override that never ends');
}

/** Years of five digits, and what no date reaches, would not read back. */
const isWritable = (at: number): boolean => at <= 8.64e15 && instantOf(isoTime(at)) === at;
