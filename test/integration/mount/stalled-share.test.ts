import { execa } from 'execa';
import { expect } from 'vitest';
import { Lab } from '../../support/lab.js';
import { itMounts, mountExt4 } from './mounts.js';

/** A share that answers reads and hangs on every write, as a NAS with a failing disk does. */
async function stalled(): Promise<Lab> {
  const lab = new Lab({ delays: ['1h'] });
  await mountExt4(lab, lab.nas);
  const before = lab.open({ config: patient(lab) });
  await lab.sync(await lab.makeRun({ 'a.txt': 'a' }, 'Run_1'), before);
  await before.close();
  await execa('fsfreeze', ['--freeze', lab.nas]);
  lab.atEnd(() => execa('fsfreeze', ['--unfreeze', lab.nas], { reject: false }));
  return lab;
}

const patient = (lab: Lab, timeoutSeconds = 1) => ({
  equipment: [
    { id: 'SCOPE', localRoot: lab.local, transport: { type: 'mount' as const, path: lab.nas, timeoutSeconds } },
  ],
  retry: { delays: ['1h'] },
});

itMounts('notices a share that stalls within its timeout, and puts the job off', async () => {
  const lab = await stalled();
  const client = lab.open({ config: patient(lab) });
  const job = await lab.sync(await lab.makeRun({ 'b.txt': 'b' }, 'Run_2'), client, { patient: false });
  expect(job).toMatchObject({ state: 'queued', lastError: { kind: 'timeout' } });
});

itMounts('closes in spite of a share that stalls, and gives the job back', async () => {
  const lab = await stalled();
  const client = lab.open({ config: patient(lab, 3600) });
  const run = await lab.makeRun({ 'b.txt': 'b' }, 'Run_2');
  const { jobId } = await client.enqueue(run);
  await client.waitFor(jobId, 'running');
  await client.close({ deadline: 0 });
  const later = lab.open({ drive: 'none' });
  expect(await later.job(jobId)).toMatchObject({ state: 'queued', attempts: 0 });
});
