import { statSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, it } from 'vitest';
import { Lab } from '../../support/lab.js';

it.each(['@1100000009.006599', '@1763800000.000001', '@1763800000.999999', '@0', '@-86400', '@-1.25'])(
  'keeps the modification time %s of a file and a folder, to the microsecond',
  async (time) => {
    const lab = new Lab();
    const run = await lab.makeRun({ 'a.txt': 'a', 'folder/': '' });
    await execa('touch', ['-d', time, join(run, 'a.txt'), join(run, 'folder')]);

    await lab.sync(run);

    for (const path of ['a.txt', 'folder']) {
      expect(microseconds(lab.onNas(run, path))).toBe(microseconds(join(run, path)));
    }
  },
);

const microseconds = (path: string): bigint => statSync(path, { bigint: true }).mtimeNs / 1000n;
