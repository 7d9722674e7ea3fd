import type { ExpectedFile } from './expected.js';

const MOST_BYTES = 256 * 1024 ** 2;
const MOST_FILES = 500;
/** Where only a manifest tells of a file. */
const PRESUMED_BYTES = 1024 ** 2;

/** Small enough that an interruption costs little, large enough that starting a tool does not count. */
export function* batchesOf(files: readonly ExpectedFile[]): Generator<readonly ExpectedFile[]> {
  let batch: ExpectedFile[] = [];
  let bytes = 0;
  for (const file of files) {
    batch.push(file);
    bytes += file.size ?? PRESUMED_BYTES;
    if (batch.length < MOST_FILES && bytes < MOST_BYTES) continue;
    yield batch;
    batch = [];
    bytes = 0;
  }
  if (batch.length > 0) yield batch;
}
