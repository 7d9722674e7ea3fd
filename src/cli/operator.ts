import { userInfo } from 'node:os';
import type { Command } from 'commander';
import type { Operator } from '../index.js';

export interface OperatorOptions {
  readonly operator?: string;
  readonly reason?: string;
}

export const withOperator = (command: Command): Command =>
  command
    .option('--operator <name>', 'Operator (default: the user who is logged in)')
    .option('--reason <text>', 'Reason, kept in the history of the run');

/** Who does it and why, for the journal. */
export function operatorOf({ operator, reason }: OperatorOptions): Operator {
  const by = operator ?? ownName();
  return { ...(by === undefined ? {} : { by }), ...(reason === undefined ? {} : { reason }) };
}

/** A user id that has no name, as in some containers, is no reason to fail. */
function ownName(): string | undefined {
  try {
    return userInfo().username;
  } catch {
    return process.env['USER'];
  }
}
