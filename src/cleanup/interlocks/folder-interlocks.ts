import { dirname } from 'node:path';
import type { Interlock } from '../../machines/job-types.js';
import { printable } from '../../run/printable.js';
import { shellWord } from '../../run/shell-quote.js';
import type { LockLook, LockedPath } from '../locked/find-locked.js';
import type { ReadOnlyMount } from '../locked/read-only-mounts.js';
import { interlock, listed, type SceneFacts } from './observations.js';

/** More than so many are not named one by one. */
const MOST_NAMED = 3;

/** Half a run that goes, and half a run that may not, is worse than a run that waits. */
export function foldersWritable({ locks, runPath }: SceneFacts): Interlock {
  const { locked } = locks;
  const kept = locked.map((one) => ({ path: shownPath(runPath, one.path), reason: reasonOf(one) }));
  return interlock(
    locked.length === 0,
    {
      name: 'folders_writable',
      measured: locked.length === 0 ? 'this account may empty every folder of the run' : listed(kept, MOST_NAMED),
      required: 'this account may remove what the proof names from each folder that holds it',
    },
    fixesOf(locks, runPath).join('; '),
  );
}

/** As in the run, where it is a part of it. */
function shownPath(runPath: string, path: string): string {
  if (path === runPath) return '.';
  return printable(path.startsWith(`${runPath}/`) ? path.slice(runPath.length + 1) : path);
}

function reasonOf({ why, mode, uid }: LockedPath): string {
  const owned = `mode ${mode.toString(8).padStart(4, '0')}, owner uid ${uid}`;
  switch (why) {
    case 'denied':
      return `this account may not remove anything from it (${owned})`;
    case 'sticky':
      return `it is sticky (${owned}) and holds what belongs to another account`;
    case 'read_only':
      return 'its file system is mounted read-only';
    case 'immutable':
      return 'it is immutable (chattr +i)';
    case 'append_only':
      return 'it may only be appended to (chattr +a)';
  }
}

/** One for each cause. A person who follows all of them lets the run go. */
function fixesOf({ locked, account, readOnlyMounts }: LockLook, runPath: string): string[] {
  const because = (...whys: readonly LockedPath['why'][]): LockedPath[] =>
    locked.filter(({ why }) => whys.includes(why));
  const isOwn = ({ uid }: LockedPath): boolean => uid === account?.uid;
  const denied = because('denied');
  return [
    ...readOnlyFixes(because('read_only'), readOnlyMounts),
    ...flagFixes('-i', because('immutable'), runPath),
    ...flagFixes('-a', because('append_only'), runPath),
    ...modeFixes(denied.filter(isOwn), runPath),
    ...ownerFixes([...denied.filter((one) => !isOwn(one)), ...because('sticky')], account?.name ?? '', runPath),
  ];
}

function readOnlyFixes(locked: readonly LockedPath[], mounts: readonly ReadOnlyMount[]): string[] {
  if (locked.length === 0) return [];
  if (mounts.length === 0) return ['mount the file system of the run with write access'];
  const commands = mounts.map(
    ({ point, isMountAlone }) => `\`sudo mount -o remount,${isMountAlone ? 'bind,' : ''}rw ${shellWord(point)}\``,
  );
  return [`${commands.join(' and ')} (look at the disk first, where that became read-only by itself)`];
}

function flagFixes(option: string, locked: readonly LockedPath[], runPath: string): string[] {
  if (locked.length === 0) return [];
  const { named, others } = split(locked, runPath);
  const words = others ? ['-R', option, ...wordsOf([...named, runPath])] : [option, ...wordsOf(named)];
  return [`\`sudo chattr ${words.join(' ')}\``];
}

const OWNERS_RIGHTS = 0o300;
const isClosedToOwner = ({ mode }: LockedPath): boolean => (mode & OWNERS_RIGHTS) !== OWNERS_RIGHTS;

function modeFixes(locked: readonly LockedPath[], runPath: string): string[] {
  const closed = locked.filter(isClosedToOwner);
  const open = locked.filter((one) => !isClosedToOwner(one));
  return [
    ...(closed.length === 0 ? [] : [`\`${onFolders('chmod u+rwx', closed, runPath)}\``]),
    ...(open.length === 0
      ? []
      : ['its mode would allow it: see what else forbids it (an NFS export, a mount, SELinux, AppArmor)']),
  ];
}

function ownerFixes(locked: readonly LockedPath[], name: string, runPath: string): string[] {
  if (locked.length === 0) return [];
  const isAbove = ({ path }: LockedPath): boolean => path === dirname(runPath);
  // Not the shared folder itself: in a sticky one it is enough to own what leaves it.
  const given = locked.map((one) => (isAbove(one) && one.why === 'sticky' ? { ...one, path: runPath } : one));
  const commands = [onFolders(`sudo chown ${name}`, given, runPath)];
  const closed = locked.filter((one) => one.why === 'denied' && isClosedToOwner(one));
  if (closed.length > 0) commands.push(onFolders('sudo chmod u+rwx', closed, runPath));
  const uids = [...new Set(locked.map(({ uid }) => uid))].slice(0, MOST_NAMED);
  const keepsRun = locked.some(isAbove) ? ', or keep the folder of the run: `nas_cleanup.retain_cache: true`' : '';
  return [
    `run nas-sync as the account that owns it (uid ${uids.join(', ')}), or give it to this one: \`${commands.join(' && ')}\`${keepsRun}`,
  ];
}

/** A command for these folders: by name, or for all folders of the run where they are many. */
function onFolders(command: string, locked: readonly LockedPath[], runPath: string): string {
  const { named, others } = split(locked, runPath);
  const first = named.length > 0 ? [`${command} ${wordsOf(named).join(' ')}`] : [];
  return [...first, ...(others ? [`find ${shellWord(runPath)} -type d -exec ${command} {} +`] : [])].join(' && ');
}

/** Few are named; of many only those that are no part of the run. */
function split(locked: readonly LockedPath[], runPath: string): { named: string[]; others: boolean } {
  const paths = locked.map(({ path }) => path);
  if (paths.length <= MOST_NAMED) return { named: paths, others: false };
  return { named: paths.filter((path) => path === dirname(runPath)), others: true };
}

const wordsOf = (paths: readonly string[]): string[] => paths.map(shellWord);
