import { randomFillSync } from 'node:crypto';
import { lstatSync, statfsSync, unlinkSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isDiskFull, systemCode } from '../errors.js';

/** What the first deletions write in the queue before they have freed anything is about half of it. */
const RESERVE_BYTES = 1024 * 1024;
/** On a disk that has less left, the room is others'. */
const ROOM_FOR_RESERVE_BYTES = 4 * RESERVE_BYTES;
/** SQLite's index of the log alone takes 32 KiB. */
const FULL_BELOW_BYTES = 64 * 1024;

/**
 * Room on the disk of the queue that nobody else can take: a file beside it, given up when a write finds none. What frees
 * space is written in the queue first, often on the very disk that is full.
 */
export class DiskReserve {
  readonly #folder: string;
  readonly #file: string;

  constructor(queueFile: string) {
    this.#folder = dirname(queueFile);
    this.#file = `${queueFile}-reserve`;
  }

  /** Whether there was a reserve, and a write that found no room may be tried again. */
  giveUp(): boolean {
    try {
      unlinkSync(this.#file);
      return true;
    } catch {
      return false;
    }
  }

  /** Makes the reserve where there is none and the disk has room. Nothing fails for want of it. */
  async refill(): Promise<void> {
    if (lstatSync(this.#file, { throwIfNoEntry: false }) !== undefined) return;
    if (this.#room() < ROOM_FOR_RESERVE_BYTES) return;
    // One name for all: what a process that was killed left of it is written over.
    const fresh = `${this.#file}.new`;
    try {
      const handle = await open(fresh, 'w', 0o600);
      // Random: a file system may keep zeros or holes without a block.
      await handle.writeFile(randomFillSync(Buffer.alloc(RESERVE_BYTES))).finally(() => handle.close());
      await rename(fresh, this.#file);
    } catch {
      await rm(fresh, { force: true }).catch(() => undefined);
    }
  }

  /** Whether SQLite failed for want of room, which some of its errors do not say. */
  isWhy(error: unknown): boolean {
    const code = systemCode(error) ?? '';
    if (code === 'SQLITE_FULL' || isDiskFull(error)) return true;
    return /^SQLITE_(?:IOERR|CANTOPEN)/u.test(code) && this.#room() < FULL_BELOW_BYTES;
  }

  #room(): number {
    try {
      const { bavail, bsize } = statfsSync(this.#folder);
      return bavail * bsize;
    } catch {
      return Infinity;
    }
  }
}
