import { writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { listing } from '../../support/lab.js';
import { RsyncLab } from './rsync-lab.js';

it('a key that the server does not accept fails the job at once, and says where to add it', async () => {
  const lab = await RsyncLab.with('gnu');
  const client = lab.open({ config: lab.configured({ sshKeyPath: lab.server.otherKey() }) });

  const job = await lab.sync(await lab.makeRun({ 'a.txt': 'a' }), client);

  expect(job).toMatchObject({ state: 'failed', attempts: 0, lastError: { kind: 'auth' } });
  expect(job.lastError!.message).toContain('authorized_keys');
  expect(listing(lab.server.folder)).toEqual([]);
});

it('a host key that changed fails the job at once, and says what may have happened', async () => {
  const lab = await RsyncLab.with('gnu');
  await lab.sync(await lab.makeRun({ 'a.txt': 'a' }));
  await lab.client.close();
  await lab.server.changeHostKey();

  const client = lab.open();
  const job = await lab.sync(await lab.makeRun({ 'b.txt': 'b' }, 'Run_2'), client);

  expect(job).toMatchObject({ state: 'failed', attempts: 0, lastError: { kind: 'host_key' } });
  expect(job.lastError!.message).toContain('another host key than the one on record');
  expect(job.lastError!.message).toContain('somebody stands in between');
  expect(listing(lab.server.folder)).not.toContain('Run_2/');
});

it('a host key that is not on record fails the job at once, and is not learnt', async () => {
  const lab = await RsyncLab.with('gnu');
  const knownHosts = lab.at('known_hosts');
  writeFileSync(knownHosts, '');
  const client = lab.open({ config: lab.configured({ knownHosts }) });

  const job = await lab.sync(await lab.makeRun({ 'a.txt': 'a' }), client);

  expect(job).toMatchObject({ state: 'failed', attempts: 0, lastError: { kind: 'host_key' } });
  expect(job.lastError!.message).toContain('not on record');
  expect(job.lastError!.message).toContain('known_hosts');
});

it('a key file that is not there is a matter of configuration, and so is one that is no key', async () => {
  const lab = await RsyncLab.with('gnu');
  const noKey = lab.at('no key');
  writeFileSync(noKey, 'not a key', { mode: 0o600 });

  const run = await lab.makeRun({ 'a.txt': 'a' });
  for (const sshKeyPath of [lab.at('nothing'), noKey]) {
    const client = lab.open({ database: `${sshKeyPath}.db`, config: lab.configured({ sshKeyPath }) });
    const job = await lab.sync(run, client);

    expect(job).toMatchObject({ state: 'failed', attempts: 0, lastError: { kind: 'not_configured' } });
    expect(job.lastError!.message).toContain('ssh_key_path');
    await client.close();
  }
});
