/**
 * What makes a local file *this* file with *this* content. Two readings with equal identities saw the same bytes, as
 * far as the file system can tell. Nanoseconds, device and inode are decimal strings: they do not fit a JS number.
 */
export interface FileIdentity {
  readonly size: number;
  readonly mtimeNs: string;
  readonly ctimeNs: string;
  readonly dev: string;
  readonly ino: string;
}

/**
 * What a proof remembers of an entry that left, or that a deletion changed: the workstation cannot tell it any more.
 * `null` where the proof does not know it either.
 */
export interface Remembered {
  readonly mode: number | null;
  readonly mtimeNs: string | null;
}

/** Paths are relative to the run, separated by `/`, and byte for byte what the directory holds (valid UTF-8). */
export interface FileEntry {
  readonly kind: 'file';
  readonly path: string;
  readonly mode: number;
  readonly remembered?: Pick<Remembered, 'mode'>;
  /** Of the file that holds the content. */
  readonly identity: FileIdentity;
  /** Set where a link stands at `path` and is followed: its text, and the run's file that it leads to. */
  readonly followed?: { readonly linkTo: string; readonly file: string };
}

/** Where to read the content, relative to the run. */
export const contentPath = (entry: FileEntry): string => entry.followed?.file ?? entry.path;

export interface FolderEntry {
  readonly kind: 'folder';
  readonly path: string;
  readonly mode: number;
  readonly mtimeNs: string;
  readonly remembered?: Remembered;
}

/** A symbolic link whose target lies inside the run. `linkTo` is its text, unresolved. */
export interface LinkEntry {
  readonly kind: 'link';
  readonly path: string;
  readonly linkTo: string;
}

export type RunEntry = FileEntry | FolderEntry | LinkEntry;

/** Something in the run that a manifest cannot express or that may not be read. `path` is safe to print. */
export interface Refusal {
  readonly path: string;
  readonly reason: 'name_not_utf8' | 'link_leaves_run' | 'link_not_followed' | 'special_file' | 'unreadable';
  readonly message: string;
}

export interface RunWalk {
  /** Sorted by code point of the path; a folder stands before what it holds. */
  readonly entries: readonly RunEntry[];
  readonly refused: readonly Refusal[];
  readonly files: number;
  readonly bytes: number;
}

/** @param entries sorted */
export function summarizeWalk(entries: readonly RunEntry[], refused: readonly Refusal[]): RunWalk {
  let files = 0;
  let bytes = 0;
  for (const entry of entries) {
    if (entry.kind !== 'file') continue;
    files += 1;
    bytes += entry.identity.size;
  }
  return { entries, refused, files, bytes };
}

export const sameIdentity = (a: FileIdentity, b: FileIdentity): boolean =>
  a.size === b.size && a.mtimeNs === b.mtimeNs && a.ctimeNs === b.ctimeNs && a.dev === b.dev && a.ino === b.ino;

/** The folders of the run on the way to a path, nearest last; the run itself is none. */
export function foldersAbove(path: string): string[] {
  const names = path.split('/').slice(0, -1);
  return names.map((_, index) => names.slice(0, index + 1).join('/'));
}

/** Hashes by which a target can tell what a file of it holds. SHA-256 is always computed of the local file. */
export const HASH_NAMES = ['sha256', 'md5', 'sha1'] as const;
export type HashName = (typeof HASH_NAMES)[number];

/** A hash with its name: `sha256:<64 lower-case hex digits>`. */
export type Digest = `${HashName}:${string}`;
