import { constants } from 'node:fs';
import { access, readdir, stat, statfs } from 'node:fs/promises';
import { systemCode } from '../errors.js';
import { ill, well, type Seen } from './checklist.js';
import { inUnits } from './format-bytes.js';

/** Whether runs can be read there. The record of each is written there as well, so it says how much room is left. */
export async function localRoot(path: string): Promise<Seen> {
  try {
    if (!(await stat(path)).isDirectory()) return ill(`${path} is no folder`, 'fix local_root in the configuration');
    await access(path, constants.R_OK | constants.X_OK);
    await readdir(path);
    const { bavail, bsize } = await statfs(path);
    return well(`${path} can be read; ${inUnits(bavail * bsize)} free`);
  } catch (error) {
    const code = systemCode(error);
    if (code === 'ENOENT') return ill(`there is no folder ${path}`, 'make it, or fix local_root in the configuration');
    if (code === undefined) throw error;
    return ill(`${path} cannot be read (${code})`, 'give the user that runs nas-sync the right to read it');
  }
}
