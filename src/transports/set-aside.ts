import { NasSyncError } from '../errors.js';
import { printable } from '../run/printable.js';
import { RECORD_FOLDER } from '../run/record/record-folder.js';

/** Where the target keeps what is no longer in a run, relative to the run's place. Nothing of it is ever removed. */
export const SET_ASIDE_FOLDER = `${RECORD_FOLDER}/set-aside`;

export interface SetAsideRequest {
  /** The run's place, relative to the transport's root, separated by `/`. */
  readonly target: string;
  /** Files and links at the place, relative to it. What is not there is passed over. */
  readonly paths: readonly string[];
  /** Folders at the place which are removed where nothing is left in them; any other stays. */
  readonly emptyFolders?: readonly string[];
  /** A folder below `.exlab-wizard/set-aside/`, relative to the place; made where it is missing. */
  readonly into: string;
  readonly signal: AbortSignal;
}

const isPlain = (path: string): boolean =>
  !path.includes('\0') && path.split('/').every((name) => name !== '' && name !== '.' && name !== '..');

/**
 * Refuses to move anything out of the run's place, out of its record folder, or to elsewhere than what is set aside.
 * @throws NasSyncError `usage`
 */
export function assertSetAside({ paths, emptyFolders = [], into }: SetAsideRequest): void {
  if (!into.startsWith(`${SET_ASIDE_FOLDER}/`) || !isPlain(into)) {
    throw new NasSyncError('usage', `${printable(into)} is no folder below ${SET_ASIDE_FOLDER}`);
  }
  const strange = [...paths, ...emptyFolders].find((path) => !isPlain(path) || path.split('/')[0] === RECORD_FOLDER);
  if (strange === undefined) return;
  throw new NasSyncError('usage', `${printable(strange)} is no file of a run, and is not set aside`);
}

/** What a folder holds stands before the folder itself. */
export const deepestFirst = (folders: readonly string[]): string[] =>
  folders.toSorted((a, b) => b.split('/').length - a.split('/').length);

/** @param what - the place, for people */
export const takenThere = (what: string): NasSyncError =>
  new NasSyncError('target_conflict', `${printable(what)} on the target is taken; nothing was replaced, retry`);

/** @param what - the name, for people */
export const notMovable = (what: string): NasSyncError =>
  new NasSyncError(
    'target_conflict',
    `${printable(what)} on the target is a folder, or a link stands on the way to it; move it away, then retry`,
  );
