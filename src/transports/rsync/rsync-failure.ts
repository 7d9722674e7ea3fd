import { NasSyncError, SourceChanged } from '../../errors.js';
import { printable } from '../../run/printable.js';
import { codeAtEnd, failureOnTarget } from '../target-failure.js';
import { uncleanShell } from './login-scripts.js';
import type { ErrandResult } from './remote.js';
import { BUSY } from './retry-while-busy.js';

/** rsync's exit codes that say all there is to say (rsync(1), EXIT VALUES). */
const PARTIAL = 23;
const VANISHED = 24;
const TIMEOUTS: ReadonlySet<number> = new Set([30, 35]);
const CONNECTION: ReadonlySet<number> = new Set([10, 12, 255]);
const NOT_FOUND = 127;

/** Which end of the transfer is this machine: in a push it sends. */
export type Direction = 'push' | 'fetch';

interface Complaint {
  readonly side: 'here' | 'there';
  readonly name: string | null;
  readonly code: string | null;
  readonly line: string;
  /** It could not dress a file as it is here; its content is not concerned. */
  readonly onlyDress: boolean;
}

/** The last name in quotes; rsync escapes what is not printable, but not a quote. */
const NAMED = /"(?<name>.*)"/u;
const SAID_BY = /^rsync: \[(?<role>\w+)\] (?<what>.*)$/u;
const DRESS = /^(?:failed to set (?:times|permissions)|chgrp|chown) /u;
const GONE = /^(?:rsync: )?(?:\[\w+\] )?file has vanished: /u;
/** What a wrapper that lets only rsync through says when it does not. */
const REFUSED = /rrsync error: (?<why>.*)$/u;

/**
 * What an rsync that did not end with 0 means, by its exit code and by the system error at the end of each of its
 * complaints; `null` where every one was about times and permissions only.
 */
export function rsyncFailure(result: ErrandResult, host: string, direction: Direction): Error | null {
  const { run, lines } = result;
  const exit = run.exitCode ?? 0;
  const unclean = uncleanShell(host, lines);
  if (unclean !== null) return unclean;
  const complaints = lines.flatMap((line) => complaintOf(line, direction));
  const origin = { tool: run };
  if (exit === VANISHED || lines.some((line) => GONE.test(line))) return vanished(lines, host, direction, origin);
  const serious = complaints.filter((complaint) => !complaint.onlyDress);
  if (exit === PARTIAL && complaints.length > 0 && serious.length === 0) return null;
  const worst = serious.find((complaint) => complaint.code !== null && complaint.code !== 'ENOENT') ?? serious[0];
  // Also where the connection broke over it: a full disk ends the server's rsync, and then ours has nobody to talk to.
  if (worst?.code != null) return failureOf(worst, host, origin);
  const refused = lines.map((line) => REFUSED.exec(line)?.groups?.['why']).find((why) => why !== undefined);
  if (refused !== undefined) return refusal(refused, host, origin);
  return byExit(exit, result, host);
}

/** rsync says of a single file that is not there what it says of every missing source. */
export const isAbsent = ({ run, lines }: ErrandResult): boolean =>
  (run.exitCode === 23 || run.exitCode === 12) &&
  lines.some((line) => /No such file or directory(?: \(2\))?$/u.test(line));

function complaintOf(line: string, direction: Direction): Complaint[] {
  const { role, what } = SAID_BY.exec(line)?.groups ?? {};
  if (role === undefined || what === undefined) return [];
  const sends = role.toLowerCase() === 'sender';
  const here = direction === 'push' ? sends : !sends;
  return [
    {
      side: here ? 'here' : 'there',
      name: NAMED.exec(what)?.groups?.['name'] ?? null,
      code: codeAtEnd(what),
      line: what,
      onlyDress: DRESS.test(what),
    },
  ];
}

type Origin = ConstructorParameters<typeof NasSyncError>[2];

function failureOf(complaint: Complaint, host: string, origin: Origin): Error {
  const name = printable(complaint.name ?? complaint.line);
  if (complaint.side === 'there') {
    return failureOnTarget(complaint.code ?? '', complaint.line, `${host}: ${name}`, origin);
  }
  switch (complaint.code) {
    case 'ENOENT':
      return new NasSyncError('local_file_vanished', `${name} is gone from the run`, origin);
    case 'ENOTDIR':
    case 'ELOOP':
      return new SourceChanged(`${name} changed while it was read`);
    case 'EACCES':
    case 'EPERM':
      return new NasSyncError(
        'source_invalid',
        `${name} may not be read here; fix its permissions, then retry`,
        origin,
      );
    default:
      return new NasSyncError('unknown', `${name}: ${printable(complaint.line)}`, origin);
  }
}

function vanished(lines: readonly string[], host: string, direction: Direction, origin: Origin): NasSyncError {
  const name = NAMED.exec(lines.find((line) => GONE.test(line)) ?? '')?.groups?.['name'] ?? 'a file';
  if (direction === 'fetch')
    return new NasSyncError('network', `${host}: ${printable(name)} disappeared from the server meanwhile`, origin);
  return new NasSyncError(
    'local_file_vanished',
    `${printable(name)} disappeared from the run while it was copied`,
    origin,
  );
}

function refusal(why: string, host: string, origin: Origin): NasSyncError {
  if (BUSY.test(why)) return new NasSyncError('network', `${host}: another rsync is at work in this account`, origin);
  const gone = /No such file or directory$/u.test(why);
  if (gone)
    return new NasSyncError('network', `${host}: there is no such folder on the server (${printable(why)})`, origin);
  return new NasSyncError(
    'not_configured',
    `${host}: the account lets only some of rsync through (${printable(why)}); fix remote_path, or the account`,
    origin,
  );
}

function byExit(exit: number, { run, lines }: ErrandResult, host: string): NasSyncError {
  const words = printable(
    lines.findLast((line) => !line.startsWith('rsync error:')) ?? lines.at(-1) ?? 'no reason given',
  );
  const origin = { tool: run };
  if (exit === NOT_FOUND || lines.some((line) => /rsync: (?:command )?not found$/u.test(line))) {
    return new NasSyncError('tool_missing', `${host}: rsync is not installed on the server; install it there`, origin);
  }
  if (TIMEOUTS.has(exit)) return new NasSyncError('timeout', `${host}: nothing moved for too long (${words})`, origin);
  if (CONNECTION.has(exit)) return new NasSyncError('network', `${host}: the connection was cut (${words})`, origin);
  return new NasSyncError('unknown', `${host}: rsync ended with ${exit} (${words})`, origin);
}
