import { mkdir, rm, symlink, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { NasSyncError, systemCode } from '../../errors.js';
import type { RunEntry } from '../../run/entry.js';
import { temporaryName } from '../../run/fs/temp-files.js';
import { notKept } from '../../run/rejected-entry.js';
import { mayBeOfName, refusedName } from '../target-failure.js';
import { probeMount } from './identity.js';

const PLAIN = 'plain';

export interface FailedName {
  /** The share's top, absolute. */
  readonly root: string;
  /** A folder on the share where names may be tried, absolute. */
  readonly folder: string;
  readonly kind: RunEntry['kind'];
  /** Relative to the run. */
  readonly path: string;
  readonly code: string;
}

/**
 * Tells a name that the share refuses from a share that is gone: its token still reads, a plain name can be made, and
 * this one cannot. `null`: the name is not what is wrong.
 */
export async function findRefusal({ root, folder, kind, path, code }: FailedName): Promise<NasSyncError | null> {
  if (!mayBeOfName(code)) return null;
  const trial = join(folder, temporaryName());
  try {
    if ((await probeMount(root)).token === null) return null;
    await mkdir(trial);
    const refused = await findRefusedName(trial, path);
    const refusesLinks = refused === null && kind === 'link' && !(await holdsLinks(trial));
    // Else what failed above may have been the share, and not the name.
    await make(trial, PLAIN);
    if (refused !== null) return refusedName(path, refused, code);
    return refusesLinks ? new NasSyncError('source_invalid', notKept(path).message) : null;
  } catch {
    return null;
  } finally {
    await rm(trial, { recursive: true, force: true }).catch(() => undefined);
  }
}

async function findRefusedName(folder: string, path: string): Promise<string | null> {
  for (const name of path.split('/')) {
    const code = await make(folder, name).then(() => null, systemCode);
    if (code !== null && mayBeOfName(code ?? '')) return name;
  }
  return null;
}

/** Made and gone again: each name has the folder to itself. */
async function make(folder: string, name: string): Promise<void> {
  const path = join(folder, name);
  await writeFile(path, '', { flag: 'wx' });
  await unlink(path);
}

const holdsLinks = (folder: string): Promise<boolean> =>
  symlink(PLAIN, join(folder, 'link')).then(
    () => true,
    () => false,
  );
