import { lstat, readlink, rmdir } from 'node:fs/promises';
import { systemCode } from '../errors.js';
import { acting } from '../faults.js';
import type { Kept } from '../machines/job-types.js';
import { byCodePoint } from '../run/code-point-order.js';
import type { HeldFolder } from '../run/fs/folder-handle.js';
import { within } from '../run/fs/for-each-below.js';
import type { PathTest } from '../run/name-rules.js';
import { printable } from '../run/printable.js';
import type { ShapeEntry } from '../run/tree-structure.js';
import type { DeletionProof } from '../verify/deletion-proof.js';
import { releaseFile, type Letting } from './delete-file.js';
import type { LetGo } from './disposal.js';

export interface ReleaseRequest extends Letting {
  readonly proof: DeletionProof;
  /** One that is not as it was proven stays, and holds nothing else back. */
  readonly isVolatile: PathTest;
  /** Throws where the job went to another process meanwhile. */
  readonly stillOurs: () => Promise<void>;
  readonly signal: AbortSignal;
  readonly onGone: (gone: { files: number; bytes: number; path: string }) => void;
}

export interface Released {
  readonly files: number;
  readonly bytes: number;
  /** What stays, and why. */
  readonly kept: readonly Kept[];
  /** The trash found no room: everything waits at its own place. */
  readonly leftInPlace?: boolean;
}

/**
 * Lets go what the proof names and nothing else, below `root`: links, then files, then the folders that are empty then.
 * May be repeated; what is gone already is no failure.
 */
export async function release(root: HeldFolder, request: ReleaseRequest): Promise<Released> {
  const kept: Kept[] = [];
  const keep = (path: string, reason: string | null): void => {
    if (reason !== null && !request.isVolatile(path)) kept.push({ path: printable(path), reason });
  };
  const shape = [...request.proof.shape.values()];
  // Before the files that they lead to: a link that was copied as a file cannot be told from a new one once that is gone.
  const links = shape.filter(({ kind }) => kind !== 'folder');
  await each(root, request, links, keep, (link, folder, name) => releaseLink(folder, name, link, request));

  // One that stays needs its file: dangling, it would stop every further pass.
  if (kept.length > 0 && links.some(({ kind }) => kind === 'followed')) return { files: 0, bytes: 0, kept };

  let files = 0;
  let bytes = 0;
  const isLink = new Set(links.map(({ path }) => path));
  const proven = [...request.proof.files.values()].filter(({ path }) => !isLink.has(path));
  await each(root, request, proven, keep, async (file, folder, name) => {
    const letGo: LetGo = async (going) => {
      const stays = await request.letGo(going);
      if (stays === null) files += 1;
      if (stays === null) bytes += file.size;
      return stays;
    };
    const reason = await releaseFile(folder, name, file, { ...request, letGo });
    request.onGone({ files, bytes, path: file.path });
    return reason;
  });

  const folders = shape.filter(({ kind }) => kind === 'folder').sort((a, b) => byCodePoint(b.path, a.path));
  await each(root, request, folders, keep, (_, folder, name) => removeFolder(folder, name, request));
  await root.sync();
  return { files, bytes, kept };
}

async function each<T extends { readonly path: string }>(
  root: HeldFolder,
  { signal, stillOurs }: ReleaseRequest,
  items: readonly T[],
  keep: (path: string, reason: string | null) => void,
  act: (item: T, folder: HeldFolder, name: string) => Promise<string | null>,
): Promise<void> {
  await within(root, items, {
    pathOf: ({ path }) => path,
    act: async (item, folder, name) => {
      signal.throwIfAborted();
      await stillOurs();
      keep(item.path, await act(item, folder, name).catch(whyLost));
    },
    onLost: ({ path }, error) => {
      const code = systemCode(error);
      if (code !== 'ENOENT') keep(path, `a folder on its way is none any more (${code ?? String(error)})`);
    },
  });
}

/** Held, and moved away meanwhile. */
function whyLost(error: unknown): string {
  const code = systemCode(error);
  if (code !== 'ENOTDIR') throw error;
  return 'its folder was moved away meanwhile';
}

async function releaseLink(
  folder: HeldFolder,
  name: string,
  { path, linkTo }: ShapeEntry,
  { letGo }: ReleaseRequest,
): Promise<string | null> {
  const held = await folder.at(name);
  try {
    const { dev, ino } = await lstat(held, { bigint: true });
    if ((await readlink(held)) !== linkTo) return 'it is a link that leads elsewhere now';
    const still = () => folder.at(name);
    return await letGo({ path, held: await still(), still, fd: null, dev: String(dev), ino: String(ino) });
  } catch (error) {
    const code = systemCode(error);
    if (code === 'ENOENT') return null;
    return code === 'EINVAL' ? 'it is no link any more' : `it cannot be deleted (${code ?? String(error)})`;
  }
}

async function removeFolder(folder: HeldFolder, name: string, { faults }: ReleaseRequest): Promise<string | null> {
  const held = await folder.at(name);
  try {
    await acting(faults, 'remove-folder', () => rmdir(held));
    return null;
  } catch (error) {
    const code = systemCode(error);
    // What it holds is looked at when all the rest has gone.
    if (code === 'ENOENT' || code === 'ENOTEMPTY' || code === 'EEXIST') return null;
    return `it cannot be removed (${code ?? String(error)})`;
  }
}
