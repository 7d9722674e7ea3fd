import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { transportContract, type ContractSetup } from 'nas-sync/testing';
import { afterAll, beforeAll, it } from 'vitest';

/** Holds one transport to the contract. */
export function holdToContract(setup: ContractSetup, { except = [] }: { except?: readonly string[] } = {}): void {
  for (const { name, run } of transportContract(setup)) if (!except.includes(name)) it(name, run);
}

export interface Disk {
  readonly path: string;
  remove(): Promise<void>;
}

/** A fresh and empty folder. */
export async function freshDisk(): Promise<Disk> {
  const path = await realpath(await mkdtemp(join(tmpdir(), 'nas-sync-target-')));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

export interface Share {
  /** Its name below the server's folder. */
  readonly name: string;
  /** Where it lies on the server's disk. */
  readonly disk: string;
}

/** One server for all cases of a file, and a fresh share of it for each. */
export function serverForAll<S extends { readonly folder: string; stop(): Promise<void> }>(
  start: () => Promise<S>,
): () => Promise<{ server: S; share: Share }> {
  let started: S | null = null;
  beforeAll(async () => {
    started = await start();
  });
  afterAll(() => started?.stop());
  return async () => {
    if (started === null) throw new Error('the server is started before the first case');
    const name = `share-${randomUUID()}`;
    const disk = join(started.folder, name);
    await mkdir(disk);
    return { server: started, share: { name, disk } };
  };
}
