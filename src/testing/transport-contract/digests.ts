import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  contentPath,
  HASH_NAMES,
  sameIdentity,
  type Digest,
  type FileEntry,
  type FileIdentity,
} from '../../run/entry.js';
import type { PushRequest } from '../../transports/transport.js';

export const digestsOf = (data: Uint8Array): readonly Digest[] =>
  HASH_NAMES.map((name) => `${name}:${createHash(name).update(data).digest('hex')}` as const);

export const sha256Hex = (data: Uint8Array): string => createHash('sha256').update(data).digest('hex');

interface Reading {
  readonly identity: FileIdentity;
  readonly sha256: string;
  readonly digests: readonly Digest[];
}

/** What was read of a run, as the engine knows it: each digest counts for a file as it was when it was read. */
export class LocalDigests {
  readonly #source: string;
  readonly #readings = new Map<string, Reading>();

  constructor(source: string) {
    this.#source = source;
  }

  readonly sha256Of: PushRequest['sha256Of'] = (file) => this.#reading(file)?.sha256 ?? null;

  readonly matches: PushRequest['matches'] = (file, content) => this.#reading(file)?.digests.includes(content) ?? null;

  readonly readNow: PushRequest['readNow'] = async (files) => {
    for (const file of files) {
      if (this.#reading(file) !== undefined) continue;
      const data = await readFile(join(this.#source, contentPath(file)));
      this.#readings.set(file.path, { identity: file.identity, sha256: sha256Hex(data), digests: digestsOf(data) });
    }
  };

  #reading(file: FileEntry): Reading | undefined {
    const reading = this.#readings.get(file.path);
    return reading !== undefined && sameIdentity(reading.identity, file.identity) ? reading : undefined;
  }
}
