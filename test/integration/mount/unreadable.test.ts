import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { execa, execaSync } from 'execa';
import { expect, it } from 'vitest';
import { Lab } from '../../support/lab.js';

const NOBODY = 65_534;
const ASK = `
  const { NasSyncClient } = await import('nas-sync');
  const [config, database, run] = JSON.parse(process.env.ASKED);
  const client = new NasSyncClient({ config, database });
  console.log(JSON.stringify(await client.enqueue(run)));
  await client.close();
`;

/** Nothing is unreadable to root, who lets somebody else try; a root of its own namespace only has nobody to ask. */
const asRoot = process.getuid?.() === 0;
const alone = asRoot && execaSync('true', { uid: NOBODY, reject: false }).failed;
if (alone) console.warn('skipped: root inside a user namespace can read everything, and cannot become anybody else');

async function enqueueAsAnybody(lab: Lab, run: string): Promise<unknown> {
  if (asRoot) await execa('chown', ['-R', `${NOBODY}:${NOBODY}`, lab.root]);
  const { stdout } = await execa('node', ['--input-type=module', '--eval', ASK], {
    ...(asRoot ? { uid: NOBODY, gid: NOBODY } : {}),
    env: { ASKED: JSON.stringify([lab.config, lab.at('queue.db'), run]), HOME: lab.root },
  });
  return JSON.parse(stdout);
}

it.skipIf(alone).each(['secret.bin', 'sealed'])('blocks a run in which %s may not be read, by name', async (path) => {
  const lab = new Lab();
  const run = await lab.makeRun({ 'good.txt': 'x', 'secret.bin': 'y', 'sealed/z.txt': 'z' });
  chmodSync(join(run, path), 0);

  const handle = await enqueueAsAnybody(lab, run);

  expect(handle).toMatchObject({
    state: 'blocked',
    blockingFindings: [{ rule: 'unreadable_entry', subject: path, message: expect.stringContaining('EACCES') }],
  });
});
