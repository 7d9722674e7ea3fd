/** Hashes by which a target can tell what a file of it holds. SHA-256 is always computed of the local file. */
export const HASH_NAMES = ['sha256', 'md5', 'sha1'] as const;
export type HashName = (typeof HASH_NAMES)[number];

/** A hash with its name: `sha256:<64 lower-case hex digits>`. */
export type Digest = `${HashName}:${string}`;
