import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { transportContract, type ContractSetup } from 'nas-sync/testing';
import { it } from 'vitest';

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
