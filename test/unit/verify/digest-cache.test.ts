import { describe, expect, it } from 'vitest';
import type { DigestStore, FileDigest } from '#dist/persistence/digest-store.js';
import type { FileEntry } from '#dist/run/entry.js';
import { DigestBook } from '#dist/verify/digest-cache.js';

const identity = { size: 4, mtimeNs: '1', ctimeNs: '1', dev: '1', ino: '1' };
const file: FileEntry = { kind: 'file', path: 'a', mode: 0o644, identity };
const sha256 = 'a'.repeat(64);
const plain: FileDigest = { path: 'a', ...identity, sha256, other: null };

const storeWith = (digests: readonly FileDigest[]): DigestStore =>
  ({ load: () => Promise.resolve([...digests]), save: () => Promise.resolve() }) as unknown as DigestStore;
const book = (digests: readonly FileDigest[], hash: 'sha256' | 'md5' = 'sha256') =>
  DigestBook.open('job', storeWith(digests), hash);

describe('what was read of a file', () => {
  it('counts while the file is the one that was read', async () => {
    expect((await book([plain])).matches(file, `sha256:${sha256}`)).toBe(true);
  });

  it.each(['size', 'mtimeNs', 'ctimeNs', 'dev', 'ino'] as const)('counts for nothing under another %s', async (key) => {
    const changed = { ...file, identity: { ...identity, [key]: key === 'size' ? 5 : '9' } };

    expect((await book([plain])).matches(changed, `sha256:${sha256}`)).toBeNull();
  });

  it('is no match where the target holds another hash', async () => {
    expect((await book([plain])).matches(file, `sha256:${'b'.repeat(64)}`)).toBe(false);
  });
});

describe('for a target that tells MD5', () => {
  it('a file that was read for SHA-256 only was not read yet', async () => {
    const known = await book([plain], 'md5');

    expect(known.sha256Of(file)).toBeNull();
    expect(known.matches(file, 'md5:m')).toBeNull();
  });

  it('one read gives both hashes', async () => {
    const known = await book([{ ...plain, other: 'md5:m' }], 'md5');

    expect(known.matches(file, 'md5:m')).toBe(true);
    expect(known.matches(file, 'md5:x')).toBe(false);
    expect(known.sha256Of(file)).toBe(sha256);
  });

  it('the same digits under another name are no match', async () => {
    const known = await book([{ ...plain, other: 'md5:m' }], 'md5');

    expect(known.matches(file, 'sha1:m')).toBe(false);
  });
});
