import { readFileSync } from 'node:fs';

/** A mount below which nothing can be written. */
export interface ReadOnlyMount {
  readonly point: string;
  /** Its file system could be written to through another mount, as of a read-only bind mount. */
  readonly isMountAlone: boolean;
}

interface Mount extends ReadOnlyMount {
  readonly isReadOnly: boolean;
}

/** Those on which these paths lie; empty where the system does not tell. */
export function findReadOnlyMounts(paths: readonly string[], file = '/proc/self/mountinfo'): ReadOnlyMount[] {
  if (paths.length === 0) return [];
  const mounts = mountsIn(file);
  const found = new Map<string, ReadOnlyMount>();
  for (const path of paths) {
    const mount = mountOf(path, mounts);
    if (mount?.isReadOnly === true) found.set(mount.point, { point: mount.point, isMountAlone: mount.isMountAlone });
  }
  return [...found.values()];
}

/** The deepest; of two at one point the later, which hides the other. */
function mountOf(path: string, mounts: readonly Mount[]): Mount | null {
  let deepest: Mount | null = null;
  for (const mount of mounts) {
    const isAbove = mount.point === '/' || path === mount.point || path.startsWith(`${mount.point}/`);
    if (isAbove && mount.point.length >= (deepest?.point.length ?? 0)) deepest = mount;
  }
  return deepest;
}

function mountsIn(file: string): Mount[] {
  try {
    return readFileSync(file, 'utf8').split('\n').filter(Boolean).map(parseMount);
  } catch {
    return [];
  }
}

function parseMount(line: string): Mount {
  const [mount = '', fileSystem = ''] = line.split(' - ');
  const [, , , , point = '', options = ''] = mount.split(' ');
  const isReadOnlyMount = hasReadOnly(options);
  const isReadOnlyThroughout = hasReadOnly(fileSystem.split(' ')[2] ?? '');
  return {
    point: unescaped(point),
    isReadOnly: isReadOnlyMount || isReadOnlyThroughout,
    isMountAlone: isReadOnlyMount && !isReadOnlyThroughout,
  };
}

const hasReadOnly = (options: string): boolean => options.split(',').includes('ro');

/** Spaces and the like are written as three octal digits; what follows may be UTF-8, of which no byte is. */
const unescaped = (text: string): string =>
  text.replace(/\\([0-7]{3})/gu, (_, octal: string) => String.fromCharCode(parseInt(octal, 8)));
