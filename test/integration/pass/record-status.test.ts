import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { NasSyncError } from 'nas-sync';
import { expect, it } from 'vitest';
import { Lab } from '../../support/lab.js';
import { TREE } from './damage.js';
import { SpoilingTransport } from './spoiling-transport.js';

const statusIn = (run: string): unknown =>
  JSON.parse(readFileSync(join(run, '.exlab-wizard/creation.json'), 'utf8')).sync_status;

it('does not say synced on the workstation before the NAS holds the manifest', async () => {
  const lab = new Lab({ delays: ['1h'] });
  const run = await lab.makeRun(TREE);
  const transport = new SpoilingTransport(lab);
  transport.beforeMeta = (path) => {
    if (path.endsWith('checksums.sha256')) throw new NasSyncError('target_full', 'no room for the manifest');
  };

  const job = await lab.sync(run, lab.open({ transport }), { patient: false });

  expect(job).toMatchObject({ state: 'awaiting_verify', attempts: 1, lastError: { kind: 'target_full' } });
  expect(statusIn(run)).toBe('pending');
});

it('says failed on the workstation when the job is', async () => {
  const lab = new Lab({ delays: [] });
  const run = await lab.makeRun(TREE);
  const transport = new SpoilingTransport(lab);
  transport.beforeMeta = () => {
    throw new NasSyncError('target_full', 'no room');
  };

  const job = await lab.sync(run, lab.open({ transport }));

  expect(job.state).toBe('failed');
  expect(statusIn(run)).toBe('failed');
});
