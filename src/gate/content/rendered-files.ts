import { isObject } from '../../run/record/json-edit.js';
import type { PathLogic } from '../rules/path-segments.js';
import type { RunToValidate } from '../validator.js';

/**
 * The files that a template rendered, as the record names them: `rendered_files`, or `template.rendered_files`, a list
 * of paths relative to the run. What is not text in it is passed over, as is a list that is none.
 */
export function renderedByRecord(raw: unknown): string[] {
  if (!isObject(raw)) return [];
  const template = isObject(raw['template']) ? raw['template'] : {};
  return [raw['rendered_files'], template['rendered_files']].flatMap((list) =>
    Array.isArray(list) ? list.filter((item) => typeof item === 'string') : [],
  );
}

/** As the walk spells them: `./notes.md`, `a\notes.md` on Windows, and absolute paths are what they mean. */
export function asWalked(
  paths: readonly string[],
  { runPath }: Pick<RunToValidate, 'runPath'>,
  path: PathLogic,
): ReadonlySet<string> {
  const absolute = (file: string): string => (path.isAbsolute(file) ? file : path.join(runPath, file));
  return new Set(paths.map((file) => path.relative(runPath, absolute(file)).split(path.sep).join('/')));
}
