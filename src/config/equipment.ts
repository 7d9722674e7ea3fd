import { isAbsolute, relative, sep } from 'node:path';
import { NasSyncError } from '../errors.js';
import { oneLine } from './problems.js';
import type { Config, Equipment } from './schema.js';

/** Where a run stands: whose it is, and its path below its equipment's `local_root`, separated by `/`. */
export interface Place {
  readonly equipment: Equipment;
  readonly relativePath: string;
}

/** The names from `folder` down to `path`: none where they are the same, `null` where `path` is not below it. */
function namesBelow(folder: string, path: string): string[] | null {
  const way = relative(folder, path);
  if (isAbsolute(way)) return null;
  const names = way === '' ? [] : way.split(sep);
  return names[0] === '..' ? null : names;
}

function outside(config: Config, runPath: string, why: string): NasSyncError {
  const roots = [...new Set(config.equipment.map(({ localRoot }) => localRoot))];
  const known = roots.length > 0 ? `configured: ${roots.join(', ')}` : 'none is configured';
  return new NasSyncError('run_outside_roots', oneLine(`${runPath} ${why} (${known})`));
}

function owner(sharers: readonly Equipment[], names: readonly string[]): Equipment | undefined {
  if (sharers.length === 1) return sharers[0];
  return names.length > 1 ? sharers.find(({ id }) => id === names[0]) : undefined;
}

/**
 * Which equipment a run belongs to. Both `runPath` and the roots must be canonical (no links on the way). The nearest
 * root above the run decides alone; equipments that share it are told apart by the folder that is named like their id.
 */
export function placeOf(config: Config, runPath: string): Place {
  const refuse = (why: string): never => {
    throw outside(config, runPath, why);
  };
  if (!isAbsolute(runPath)) return refuse('is not an absolute path');
  const roots = config.equipment
    .map((equipment) => ({ equipment, names: namesBelow(equipment.localRoot, runPath) }))
    .filter((root): root is { equipment: Equipment; names: string[] } => root.names !== null);
  const [nearest, ...others] = roots.sort((a, b) => a.names.length - b.names.length);
  if (!nearest) return refuse('lies below no local_root');
  const { names } = nearest;
  if (names.length === 0) return refuse('is a local_root itself, not a run');
  if (config.equipment.some(({ localRoot }) => (namesBelow(runPath, localRoot) ?? []).length > 0)) {
    return refuse("holds another equipment's local_root");
  }
  const sharers = [nearest, ...others.filter((other) => other.names.length === names.length)];
  const equipment = owner(
    sharers.map((sharer) => sharer.equipment),
    names,
  );
  if (!equipment) return refuse('lies in no folder that is named like an equipment of its local_root');
  return { equipment, relativePath: names.join('/') };
}
