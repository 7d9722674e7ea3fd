import { appendFileSync, linkSync, lstatSync, mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { elsewhere, rewrite } from './adversary.js';
import type { LettingGo } from './cleanup-lab.js';

let serial = 0;
export const unique = (): string => `content ${(serial += 1)}`;

/** Each on one path of the run; one that does not apply to what stands there does nothing. */
export const EDITS = {
  append: (_: LettingGo, path: string) => appendFileSync(path, unique()),
  rewrite: (_: LettingGo, path: string) => {
    if (lstatSync(path).isFile()) rewrite(path);
  },
  replace: (scene: LettingGo, path: string) => {
    writeFileSync(elsewhere(scene, 'new'), unique());
    renameSync(elsewhere(scene, 'new'), path);
  },
  'move out and back': (scene: LettingGo, path: string) => {
    renameSync(path, elsewhere(scene, 'moved'));
    renameSync(elsewhere(scene, 'moved'), path);
  },
  'hard link': (scene: LettingGo, path: string) => linkSync(path, elsewhere(scene, unique())),
  'swap for a link': (scene: LettingGo, path: string) => {
    const to = elsewhere(scene, unique());
    renameSync(path, to);
    symlinkSync(to, path);
  },
  'swap folder for a link': (scene: LettingGo, path: string) => {
    const to = elsewhere(scene, unique());
    renameSync(dirname(path), to);
    symlinkSync(to, dirname(path));
  },
  'make a folder': (_: LettingGo, path: string) => mkdirSync(`${path}.new`),
  add: (_: LettingGo, path: string) => writeFileSync(`${path}.new`, unique()),
  'dangling link': (_: LettingGo, path: string) => symlinkSync('nowhere', `${path}.link`),
};

export type Edit = { readonly kind: keyof typeof EDITS; readonly path: string };

export function attempt(does: () => void): void {
  try {
    does();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
  }
}

export function edit(scene: LettingGo, edits: readonly Edit[]): void {
  for (const { kind, path } of edits) attempt(() => EDITS[kind](scene, scene.at(path)));
}
