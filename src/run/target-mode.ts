/** What the account that owns a copy needs to read, compare and replace it. */
export const OWNER_BITS = { file: 0o600, folder: 0o700 } as const;
/** No set-id and no sticky bit: these say what programs and accounts may do, and a copy is made without them. */
export const PERMISSIONS = 0o777;

type Kind = keyof typeof OWNER_BITS;

/**
 * The mode with which a copy is created. It holds the source's permissions, and in any case those of its owner: root
 * reads a source that the account on the target cannot. Whoever creates the copy must leave the rest to the file
 * system, which takes away the umask or applies a default ACL, and lets a setgid folder pass on its group.
 */
export const targetMode = (kind: Kind, sourceMode: number): number => (sourceMode & PERMISSIONS) | OWNER_BITS[kind];

/** The mode in which the owner can work with a copy that exists; `null` where it is in such a mode. */
export const unlockedMode = (kind: Kind, mode: number): number | null =>
  (mode & OWNER_BITS[kind]) === OWNER_BITS[kind] ? null : (mode & 0o7777) | OWNER_BITS[kind];

/** As {@link targetMode}, for rsync. Without `--perms` it leaves the mode of what exists, and applies the umask. */
export const RSYNC_TARGET_MODE = ['--no-perms', '--executability', '--chmod=Du+rwx,Fu+rw'] as const;
