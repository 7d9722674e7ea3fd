import { readFileSync, type Stats } from 'node:fs';
import { userInfo } from 'node:os';

/** For whom the system asks when this process removes something. */
export interface Account {
  /** As `chown` takes it. */
  readonly name: string;
  readonly uid: number;
  readonly groups: ReadonlySet<number>;
  /** access(2) answers for the real user, who is another where a service has lowered its rights. */
  readonly isReal: boolean;
  /** May remove what belongs to others from a sticky folder. */
  readonly mayActAsOwner: boolean;
}

/** `null` on systems whose accounts have no numbers. */
export function currentAccount(): Account | null {
  const { getuid, geteuid, getgid, getegid, getgroups } = process;
  if (!getuid || !geteuid || !getgid || !getegid || !getgroups) return null;
  const [uid, gid] = [geteuid(), getegid()];
  return {
    name: nameOf(uid),
    uid,
    groups: new Set([gid, ...getgroups()]),
    isReal: getuid() === uid && getgid() === gid,
    mayActAsOwner: hasOwnersRights() ?? uid === 0,
  };
}

const WRITE_AND_SEARCH = 0o3;

/** What the mode of a folder alone says. */
export function mayEmptyByMode({ mode, uid, gid }: Stats, account: Account): boolean {
  if (account.uid === 0) return true;
  const shift = uid === account.uid ? 6 : account.groups.has(gid) ? 3 : 0;
  return ((mode >> shift) & WRITE_AND_SEARCH) === WRITE_AND_SEARCH;
}

function nameOf(uid: number): string {
  try {
    return userInfo().username;
  } catch {
    // An account without an entry, as in containers.
    return String(uid);
  }
}

const CAP_FOWNER = 3n;

/** A container may take that from root. `null` where the system does not tell. */
function hasOwnersRights(): boolean | null {
  try {
    const [, bits] = /^CapEff:\s*([0-9a-f]+)$/mu.exec(readFileSync('/proc/self/status', 'latin1')) ?? [];
    return bits === undefined ? null : ((BigInt(`0x${bits}`) >> CAP_FOWNER) & 1n) === 1n;
  } catch {
    return null;
  }
}
