import type { ToolRun } from '../../errors.js';
import { rcloneName } from './names.js';
import type { HashRequest, TargetListing } from '../transport.js';
import { hashesOf } from './hashes.js';
import { list, requireTop } from './listing.js';
import type { Site } from './site.js';

/** Lists the run's place and asks for, or reads, every file's hash. */
export async function readPlace(site: Site, request: HashRequest): Promise<TargetListing> {
  const { rclone, options, backend } = site;
  const { target, signal } = request;
  const found = await list(rclone, { target, signal, withoutRecord: true });
  if (found === null) {
    if (backend.hasTop) await requireTop(rclone, signal);
    return listing(site, [], [], []);
  }
  const { listed, outcome } = found;
  const files = listed.filter(({ isFolder }) => !isFolder);
  const folders = listed.filter(({ isFolder }) => isFolder).map(({ path }) => path);
  const ours = new Map(request.entries.map(({ path }) => [rcloneName(path), path]));
  const nameOf = (name: string): string => ours.get(name) ?? name;
  if (files.length === 0) return listing(site, [], folders.map(nameOf), [outcome.run]);

  const sizes = new Map(files.map(({ path, size }) => [path, size]));
  let bytes = 0;
  let done = 0;
  const { digests, tool } = await hashesOf(rclone, options, {
    target,
    name: backend.hash.name,
    download: backend.hash.by === 'download',
    only: null,
    largest: Math.max(...sizes.values()),
    signal,
    onFile: (path) => {
      done += 1;
      bytes += sizes.get(path) ?? 0;
      request.onProgress({ bytes, files: done, currentFile: nameOf(path) });
    },
  });
  const read = files.map(({ path, size }) => ({ path: nameOf(path), size, digest: digests.get(path) ?? null }));
  return listing(site, read, folders.map(nameOf), [outcome.run, tool]);
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
