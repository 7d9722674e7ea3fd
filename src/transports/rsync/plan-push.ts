import { NasSyncError } from '../../errors.js';
import type { FileEntry, RunEntry } from '../../run/entry.js';
import { printable } from '../../run/printable.js';
import type { PushRequest } from '../transport.js';
import type { Remote, ServerListing } from './remote.js';
import type { SshConnection } from './ssh-connection.js';

export interface Pushing {
  readonly request: PushRequest;
  readonly remote: Remote;
  readonly connection: SshConnection;
  readonly copyLinks: boolean;
}

/** What a push has to do: decided before a byte moves. */
export interface Plan {
  readonly send: readonly FileEntry[];
  readonly others: readonly RunEntry[];
  /** Files whose content is there already. */
  readonly inPlace: readonly FileEntry[];
}

export const sum = (files: readonly FileEntry[]): number =>
  files.reduce((bytes, file) => bytes + file.identity.size, 0);

export async function planOf({ request, remote }: Pushing, present: ServerListing): Promise<Plan> {
  requireSameKinds(request.entries, present, request.target);
  const files = request.entries.filter((entry) => entry.kind === 'file');
  const alike = files.filter((file) => present.files.get(file.path) === file.identity.size);
  const same = alike.length === 0 ? new Set<string>() : await remote.inPlace(request, alike);
  return {
    send: files.filter((file) => !same.has(file.path)),
    inPlace: files.filter((file) => same.has(file.path)),
    others: request.entries.filter((entry) => entry.kind !== 'file'),
  };
}

/** rsync would make way for what it brings: a folder, or a link to somewhere else, that nobody has asked it to remove. */
function requireSameKinds(entries: readonly RunEntry[], present: ServerListing, target: string): void {
  const kinds = new Map<string, RunEntry['kind']>();
  for (const path of present.folders) kinds.set(path, 'folder');
  for (const { path } of present.links) kinds.set(path, 'link');
  for (const path of present.files.keys()) kinds.set(path, 'file');
  const clash = entries.find(({ kind, path }) => {
    const there = kinds.get(path);
    return there !== undefined && there !== kind && (kind === 'folder' || there === 'folder');
  });
  if (clash === undefined) return;
  throw new NasSyncError(
    'target_conflict',
    `${printable(`${target}/${clash.path}`)} is a ${clash.kind} in the run and a ${kinds.get(clash.path) ?? ''} on the server; move it away there, then retry`,
  );
}
