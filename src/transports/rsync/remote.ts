import type { ToolRun } from '../../errors.js';
import type { FileEntry } from '../../run/entry.js';
import type { ToolCall } from '../process/process-runner.js';
import type {
  Examined,
  HashRequest,
  PlaceListing,
  PushRequest,
  SetAsideRequest,
  TargetListing,
  TargetProbe,
  TransferProgress,
} from '../transport.js';

/** What stands at a run's place. A name that is not UTF-8 is among `others`. */
export interface ServerListing extends Omit<PlaceListing, 'files'> {
  /** Sizes in bytes. */
  readonly files: ReadonlyMap<string, number>;
  /** An interrupted push has left a part of a file that rsync can go on with. */
  readonly partials: boolean;
}

/** How rsync has to be started for a run's place. */
export interface RsyncWay {
  readonly args: readonly string[];
  /** The place, as rsync's argument. */
  readonly place: string;
}

/** What an account on the server can do for us, with a shell or without one. */
export interface Remote {
  probe(signal: AbortSignal): Promise<TargetProbe>;
  /** `null`: there is no such place. @throws NasSyncError `target_conflict` where something else stands there */
  list(target: string, signal: AbortSignal): Promise<ServerListing | null>;
  /** Lets the account read and write first what it owns at the place: an earlier program may have locked it out. */
  unlockAndList(target: string, signal: AbortSignal): Promise<ServerListing | null>;
  /** Which of these files, of equal size on both sides, hold the run's content there. */
  inPlace(request: PushRequest, files: readonly FileEntry[]): Promise<ReadonlySet<string>>;
  hash(request: HashRequest): Promise<TargetListing>;
  readMeta(path: string, signal: AbortSignal): Promise<Uint8Array | null>;
  writeMeta(path: string, data: Uint8Array, options: { exclusive: boolean }, signal: AbortSignal): Promise<void>;
  setAside(request: SetAsideRequest): Promise<void>;
  tidyUp(target: string, signal: AbortSignal): Promise<void>;
  removeCanary(target: string, signal: AbortSignal): Promise<void>;
  /** Makes ready for a push to the place. */
  receive(target: string, signal: AbortSignal): Promise<RsyncWay>;
  send(target: string): RsyncWay;
  examine(signal: AbortSignal): Promise<readonly Examined[]>;
}

export type OnProgress = (progress: TransferProgress) => void;

export const NOTHING: ServerListing = { folders: [], links: [], files: new Map(), others: [], partials: false };

export const asPlace = ({ files, links, folders, others }: ServerListing): PlaceListing => ({
  files: [...files].map(([path, size]) => ({ path, size })),
  links,
  folders,
  others,
});

/** What goes over the connection: all of a {@link ToolCall} but the program. */
export type Errand = Omit<ToolCall, 'tool' | 'args'>;

export interface ErrandResult {
  readonly run: ToolRun;
  /** What it wrote to stderr, the first lines of it. */
  readonly lines: readonly string[];
}
