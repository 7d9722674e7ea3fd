import { join } from 'node:path';
import { expect, it } from 'vitest';
import { fill, Lab, listing } from '../../support/lab.js';
import { remoteOf } from './remotes.js';
import { pushOf } from './requests.js';

const PROVEN = 'proven.dat';
const HOSTILE = [
  `.nas-sync-partial\n${PROVEN}\nx.nas-sync-part`,
  `a.txt.1234abcd\n${PROVEN}\n.nas-sync-part`,
  `a.txt.1234abcd\r${PROVEN}.nas-sync-part`,
  `b.txt.1234abcd.nas-sync-part`,
  `a.txt.1234abc*.nas-sync-part`,
  'sub/a.txt.1234abcd.nas-sync-part',
];

it('sftp, local: no name on the NAS makes the removal of unfinished files remove another file', async () => {
  for (const name of ['sftp', 'local'] as const) {
    const lab = new Lab();
    const remote = await remoteOf(name, lab);
    const run = await lab.makeRun({ 'a.txt': 'a' });
    const ours = 'a.txt.1234abcd.nas-sync-part';
    fill(join(remote.disk, 'Run_1'), Object.fromEntries([PROVEN, ours, ...HOSTILE].map((path) => [path, 'kept'])));

    await remote.transport().push(await pushOf(run));

    const left = listing(join(remote.disk, 'Run_1'));
    expect(left).toEqual(expect.arrayContaining([PROVEN, ...HOSTILE]));
    expect(left).not.toContain(ours);
  }
});
