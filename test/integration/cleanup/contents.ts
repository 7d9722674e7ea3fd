import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';

/** SHA-256 of a file, with a path where it was seen. What changes with the state of a job is left out. */
export type Contents = ReadonlyMap<string, string>;

const CHANGING = /queue\.db|creation\.json|checksums\.sha256|nas-sync-target|\.lock$/u;

export const contentsBelow = (folder: string): Contents => new Map(filesBelow(Buffer.from(folder)).map(contentOf));

const contentOf = (file: Buffer): [string, string] => [sha256(readFileSync(file)), file.toString()];

/** As bytes: a name need not be UTF-8. */
function filesBelow(folder: Buffer): Buffer[] {
  return readdirSync(folder, { encoding: 'buffer' }).flatMap((name) => {
    const path = Buffer.concat([folder, Buffer.from('/'), name]);
    const stats = lstatSync(path);
    if (stats.isDirectory()) return filesBelow(path);
    return stats.isFile() && !CHANGING.test(path.toString()) ? [path] : [];
  });
}

/** What was somewhere and is nowhere now. */
export const lost = (before: Contents, after: Contents): string[] =>
  [...before].filter(([content]) => !after.has(content)).map(([, path]) => path);

/** Every path below a folder with what it holds: equal for two folders that nobody can tell apart. */
export function snapshot(folder: string): Record<string, string> {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  return Object.fromEntries(paths.map((path) => [path, shown(join(folder, path))]));
}

function shown(path: string): string {
  const stats = lstatSync(path);
  if (stats.isSymbolicLink()) return `-> ${readlinkSync(path)}`;
  return stats.isFile() ? sha256(readFileSync(path)) : 'folder';
}

const sha256 = (data: Uint8Array): string => createHash('sha256').update(data).digest('hex');
