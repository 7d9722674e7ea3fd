import type { ToolRun } from '../../errors.js';
import type { Digest } from '../../run/entry.js';
import type { HashRequest, PlaceListing, TargetListing } from '../transport.js';
import type { Site } from './backend.js';
import { hashesOf } from './hash.js';
import { list, requireTop, volatileFilters } from './list.js';
import { nameThere } from './name-encoding.js';

/** What stands at the run's place. */
export async function listPlace(site: Site, target: string, signal: AbortSignal): Promise<PlaceListing> {
  const { files, folders } = await placeOf(site, target, signal, volatileFilters(site.options.volatile ?? [], []));
  return { files: files.map(({ path, size }) => ({ path, size })), links: [], folders, others: [] };
}

/** Lists the run's place and asks for, or reads, every file's hash. */
export async function readPlace(site: Site, request: HashRequest): Promise<TargetListing> {
  const { rclone, options, backend } = site;
  const { target, signal } = request;
  const filters = volatileFilters(options.volatile ?? [], request.entries);
  const { files, folders, tools } = await placeOf(site, target, signal, filters);
  if (files.length === 0) return listing(site, [], folders, tools);

  const sizes = new Map(files.map(({ listedAs, size }) => [listedAs, size]));
  let bytes = 0;
  let done = 0;
  const { digests, tool } = await hashesOf(rclone, options, {
    target,
    name: backend.hash.name,
    download: backend.hash.by === 'download',
    only: null,
    filters,
    largest: Math.max(...sizes.values()),
    signal,
    onFile: (path) => {
      done += 1;
      bytes += sizes.get(path) ?? 0;
      request.onProgress({ bytes, files: done, currentFile: nameThere(path, backend.encoding) });
    },
  });
  const there = await stillThere(site, request, { files, digests, filters });
  const read = there.map(({ path, listedAs, size }) => ({ path, size, digest: digests.get(listedAs) ?? null }));
  return listing(site, read, folders, [...tools, tool]);
}

/** rclone lists anew before it hashes, and passes over in silence what went in between. */
async function stillThere(
  site: Site,
  { target, signal }: HashRequest,
  { files, digests, filters }: Hashed,
): Promise<Place['files']> {
  if (files.every(({ listedAs }) => digests.has(listedAs))) return files;
  const now = new Set((await placeOf(site, target, signal, filters)).files.map(({ listedAs }) => listedAs));
  return files.filter(({ listedAs }) => digests.has(listedAs) || now.has(listedAs));
}

interface Hashed {
  readonly files: Place['files'];
  readonly digests: ReadonlyMap<string, Digest>;
  readonly filters: readonly string[];
}

interface Place {
  readonly files: readonly { readonly path: string; readonly listedAs: string; readonly size: number }[];
  readonly folders: readonly string[];
  readonly tools: readonly ToolRun[];
}

async function placeOf(
  { rclone, backend }: Site,
  target: string,
  signal: AbortSignal,
  filters: readonly string[],
): Promise<Place> {
  const found = await list(rclone, { target, signal, withoutRecord: true, filters });
  if (found === null) {
    if (backend.hasTop) await requireTop(rclone, signal);
    return { files: [], folders: [], tools: [] };
  }
  const named = found.listed.map(({ path, size, isFolder }) => {
    return { path: nameThere(path, backend.encoding), listedAs: path, size, isFolder };
  });
  return {
    files: named.filter(({ isFolder }) => !isFolder),
    folders: named.filter(({ isFolder }) => isFolder).map(({ path }) => path),
    tools: [found.outcome.run],
  };
}

function listing(
  { backend: { hash } }: Site,
  files: TargetListing['files'],
  folders: readonly string[],
  tools: readonly ToolRun[],
): TargetListing {
  const byServer = hash.by === 'server';
  return {
    files,
    links: [],
    folders,
    others: [],
    evidence: byServer ? 'remote-hash' : 'read-back',
    method: byServer
      ? `every file hashed by the server (${hash.name}), asked for by rclone hashsum`
      : 'every file read back through rclone, and hashed here (sha256)',
    tools,
  };
}
