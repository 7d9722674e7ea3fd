/**
 * Names of files that a program keeps beside the one that it works on, and removes when that is finished. Such a file
 * belongs to one version of its main file: beside another, it may be replayed over it.
 */
const PASSING_NAME = /(?:-wal|-shm|-journal|\.tmp|\.lock)$/iu;

export const hasPassingName = (paths: readonly string[]): boolean => paths.some((path) => PASSING_NAME.test(path));

/** The path of the file that a passing one belongs to, or `null` for any other. */
export const mainOf = (path: string): string | null =>
  PASSING_NAME.test(path) ? path.replace(PASSING_NAME, '') : null;
