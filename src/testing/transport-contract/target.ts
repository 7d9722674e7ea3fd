import type { Transport } from '../../transports/transport.js';
import type { OddName } from '../odd-names.js';

/** A transport to hold to the contract, and a fresh and empty target for it. */
export interface ContractTarget {
  readonly transport: Transport;
  /** The target's top on a disk that this process may read and write; without it, damage is done by `writeMeta`. */
  readonly onServer?: string | null;
  /** The odd names that this target cannot hold; all others must arrive, and these must be refused. */
  readonly refusesNames?: readonly OddName[];
  /** `true` where a file grows under its own name, as the tool that writes it does. The next push must fix what that leaves. */
  readonly writesInPlace?: boolean;
  /** `false` where two who write a new file at once may both believe to be the first; the file is one of theirs then. */
  readonly tellsFirstWriter?: boolean;
  /** `false` where the target knows folders only by what is in them. */
  readonly keepsEmptyFolders?: boolean;
  /** `false` where the server leaves out of its lists what it cannot look at itself, and does not say so. */
  readonly listsInFull?: boolean;
  /** `false` where the target cannot move files, and says so. */
  readonly setsAside?: boolean;
  dispose(): Promise<void>;
}

/** A fresh transport for each case; `links` is what its configuration says of them. */
export type ContractSetup = (options: { readonly links: 'keep' | 'follow' }) => Promise<ContractTarget>;

export interface ContractCase {
  /** A sentence that says what holds. */
  readonly name: string;
  /** Rejects with an `AssertionError` where it does not hold. */
  run(): Promise<void>;
}
