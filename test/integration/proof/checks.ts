import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execaNode } from 'execa';
import type { ProofDocument } from 'nas-sync';
import type { Workplace, Answer } from '../cli-workstation.js';

export const EXAMPLE = join(import.meta.dirname, '../../../examples/check-proof.js');

export const FILES = { 'a.txt': 'a', 'sub folder/b.bin': 'b'.repeat(100_000), 'sub folder/empty': '' };

/** The auditor's script, on a document and maybe a folder. */
export async function byExample(...args: readonly string[]): Promise<Answer> {
  const { exitCode, stdout, stderr } = await execaNode(EXAMPLE, args, { reject: false });
  return { exitCode, stdout, stderr };
}

/** A run that is proven, its document in a file, and its copy on the NAS. */
export async function proven(place: Workplace) {
  const run = await place.run('Run_1', FILES);
  symlinkSync('a.txt', join(run, 'to-a'));
  await place.cli('sync', run);
  const file = join(place.root, 'Run_1.proof.json');
  await place.shell(`$CLI proof '${run}' > '${file}'`);
  return { run, file, copy: join(place.nas, 'Run_1') };
}

export function keep(place: Workplace, document: unknown, name = 'other.json'): string {
  const file = join(place.root, name);
  writeFileSync(file, JSON.stringify(document));
  return file;
}

export const asDocument = (text: string): ProofDocument => JSON.parse(text) as ProofDocument;
