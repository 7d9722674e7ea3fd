import type { Command } from 'commander';
import type { Session } from './session.js';

/** Does a command's work with what was said on the command line; the work gives the exit status. */
export type Conduct = (command: Command, work: (session: Session) => Promise<number>) => Promise<void>;

/** Adds one command to the grammar. */
export type AddCommand = (program: Command, conduct: Conduct) => void;
