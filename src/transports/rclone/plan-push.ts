import { NasSyncError, type ToolRun } from '../../errors.js';
import type { FileEntry } from '../../run/entry.js';
import { printable } from '../../run/printable.js';
import { RECORD_FOLDER } from '../../run/record/record-folder.js';
import type { PushRequest } from '../transport.js';
import type { Site } from './backend.js';
import { failureOf, isMissing } from './failures.js';
import { hashesOf } from './hash.js';
import { list, requireTop, type Listed } from './list.js';
import { rcloneName } from './name-encoding.js';
import { partialsOf } from './partial-files.js';

export interface PushPlan {
  readonly inPlace: readonly FileEntry[];
  readonly toSend: readonly FileEntry[];
  readonly isMissing: (path: string) => boolean;
  readonly tools: readonly ToolRun[];
}

type There = ReadonlyMap<string, Listed>;

/** What must be sent, told by content, and by size only where that differs. Refuses what stands in the way. */
export async function planPush(site: Site, request: PushRequest): Promise<PushPlan> {
  const { entries, target, signal } = request;
  const below = entries.every(({ path }) => path.startsWith(`${RECORD_FOLDER}/`)) ? `${RECORD_FOLDER}/` : '';
  const found = await list(site.rclone, { target: `${target}/${below}`.replace(/\/$/u, ''), signal });
  if (found === null && site.backend.hasTop) await requireTop(site.rclone, signal);
  const tools = found === null ? [] : [found.outcome.run];
  const there = new Map((found?.listed ?? []).map((listed) => [`${below}${listed.path}`, listed]));
  requireNothingInTheWay(request, there);
  if (site.backend.caseInsensitive) requireNoTwin(request, there);
  tools.push(...(await removePartials(site, request, there)));

  const files = entries.filter((entry) => entry.kind === 'file');
  const alike = files.filter((file) => there.get(rcloneName(file.path))?.size === file.identity.size);
  const equal = new Set<FileEntry>();
  if (alike.length > 0) {
    const { digests, tool } = await hashesThere(site, request, alike);
    tools.push(tool);
    await request.readNow(alike);
    for (const file of alike) {
      const digest = digests.get(rcloneName(file.path));
      if (digest !== undefined && request.matches(file, digest) === true) equal.add(file);
    }
  }
  return {
    inPlace: files.filter((file) => equal.has(file)),
    toSend: files.filter((file) => !equal.has(file)),
    isMissing: (path) => !there.has(rcloneName(path)),
    tools,
  };
}

function hashesThere({ rclone, options, backend }: Site, request: PushRequest, files: readonly FileEntry[]) {
  const { name, by } = backend.hash;
  return hashesOf(rclone, options, {
    target: request.target,
    name,
    download: by === 'download',
    only: files.map((file) => rcloneName(file.path)),
    largest: Math.max(...files.map((file) => file.identity.size)),
    signal: request.signal,
    onFile: () => undefined,
  });
}

function requireNothingInTheWay({ entries, target }: PushRequest, there: There): void {
  for (const { kind, path } of entries) {
    const listed = there.get(rcloneName(path));
    if (listed === undefined || listed.isFolder === (kind === 'folder')) continue;
    const [here, far] = kind === 'folder' ? ['folder', 'file'] : ['file', 'folder'];
    throw new NasSyncError(
      'target_conflict',
      `${printable(`${target}/${path}`)} is a ${here} in the run, but a ${far} on the target; move that away, then retry`,
    );
  }
}

/** A file sent to a name that differs in capitals only would be written over the other. */
function requireNoTwin({ entries, target }: PushRequest, there: There): void {
  const folded = new Map([...there.keys()].map((name) => [name.toLowerCase(), name]));
  for (const { path } of entries) {
    const twin = folded.get(rcloneName(path).toLowerCase());
    if (twin === undefined || there.has(rcloneName(path))) continue;
    throw new NasSyncError(
      'target_conflict',
      `${printable(`${target}/${twin}`)} on the target differs from "${printable(path)}" of the run in capitals only; move it away, then retry`,
    );
  }
}

/** What an interrupted push left. The owner of a place has it to himself, so nobody is writing these. */
async function removePartials({ rclone }: Site, request: PushRequest, there: There): Promise<ToolRun[]> {
  const { entries, target, signal } = request;
  const ours = entries.filter(({ kind }) => kind === 'file').map(({ path }) => rcloneName(path));
  const files = [...there].flatMap(([path, { isFolder }]) => (isFolder ? [] : [path]));
  const runs: ToolRun[] = [];
  // One by one: a name from a listing never becomes a line of a list.
  for (const partial of partialsOf(ours, files)) {
    const place = rclone.at(`${target}/${partial}`);
    const outcome = await rclone.run({ args: ['deletefile', place], target, signal });
    if (outcome.run.exitCode !== 0 && !isMissing(outcome)) {
      throw failureOf(outcome, { place: `rclone:${place}`, paths: [place] });
    }
    runs.push(outcome.run);
  }
  return runs;
}
