import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { RcloneTransport } from '#dist/transports/rclone/rclone-transport.js';
import { differences, Lab, noise } from '../../support/lab.js';
import { rcloneConfig } from '../../support/servers/rclone-remotes.js';
import { S3Server } from '../../support/servers/s3-server.js';

/** Three parts of 5 MiB and a rest. */
const PARTS_BYTES = 17_000_000;

async function bucket(path = '') {
  const lab = new Lab({ delays: ['1h'] });
  const server = await S3Server.start();
  lab.atEnd(() => server.stop());
  const config = await rcloneConfig({ s3: server });
  const top = `${server.bucket}${path}`;
  const transport = new RcloneTransport({
    ...{ rcloneRemote: 's3', rcloneRemotePath: top, rcloneConfig: config, links: 'keep', requireSha256: false },
    ...{ transfers: null, checkers: null, timeoutSeconds: 20 },
  });
  const client = lab.open({ transport });
  lab.atEnd(() => transport.close());
  // With it rclone 1.60 starts no S3 remote, by whomever it is called.
  const env = { AWS_CA_BUNDLE: undefined };
  const rclone = (...args: string[]) => execa('rclone', ['--config', config, '--retries', '1', ...args], { env });
  return { lab, client, server, rclone, at: (...names: string[]) => `s3:${[top, ...names].join('/')}` };
}

describe('an S3 bucket', () => {
  for (const [what, path] of [
    ['its top', ''],
    ['a path in it that no key has yet', '/instruments/scope'],
  ] as const) {
    it(`is met and filled: ${what}; large files become objects of several parts`, async () => {
      const { lab, client, at, rclone } = await bucket(path);
      const run = await lab.makeRun({
        'a.txt': 'a',
        'empty.txt': '',
        'plane 1/µ–ä (1).tif': noise(1000),
        'big.bin': noise(PARTS_BYTES),
      });

      const job = await lab.sync(run, client, { patient: false });

      expect(job).toMatchObject({ state: 'verified', lastError: null });
      await rclone('copy', at('Run_1'), lab.at('back'));
      expect(await differences(run, lab.at('back'))).toBe('');
      expect(await client.forceVerify(run)).toMatchObject({ ok: true, evidence: 'read-back', files: 4 });
    });
  }

  it('is the same one the next day, and a second run finds its place beside the first', async () => {
    const { lab, client } = await bucket();
    await lab.sync(await lab.makeRun({ 'a.txt': 'a' }), client, { patient: false });
    const second = await lab.makeRun({ 'b.txt': 'b' }, 'Run_2');

    expect(await lab.sync(second, client, { patient: false })).toMatchObject({ state: 'verified', lastError: null });
  });

  it('keeps a place to the run that was there first', async () => {
    const { lab, client, at, rclone } = await bucket();
    writeFileSync(lab.at('theirs.json'), JSON.stringify({ schema_version: '1.0', nas_sync_run_id: 'theirs' }));
    await rclone('copyto', lab.at('theirs.json'), at('Run_1/.exlab-wizard/creation.json'));

    const job = await lab.sync(await lab.makeRun({ 'a.txt': 'a' }), client, { patient: false });

    expect(job).toMatchObject({ state: 'failed', lastError: { kind: 'target_conflict' } });
    const { stdout } = await rclone('cat', at('Run_1/.exlab-wizard/creation.json'));
    expect(stdout).toBe(readFileSync(lab.at('theirs.json'), 'utf8'));
  });

  it('that lost a byte of an object of several parts is found out', async () => {
    const { lab, client, at, rclone } = await bucket();
    const run = await lab.makeRun({ 'a.txt': 'a', 'big.bin': noise(PARTS_BYTES) });
    await lab.sync(run, client, { patient: false });
    const spoiled = Buffer.from(noise(PARTS_BYTES));
    spoiled[12_345_678]! ^= 1;
    writeFileSync(lab.at('spoiled'), spoiled);
    await rclone('copyto', lab.at('spoiled'), at('Run_1/big.bin'));

    expect(await client.forceVerify(run)).toMatchObject({ ok: false, mismatched: ['big.bin'] });
  });

  it('sets aside what is no longer in the run, and gets what is new', async () => {
    const { lab, client, at, rclone } = await bucket();
    const run = await lab.makeRun({ 'a.txt': 'a', 'b.txt': 'b' });
    await lab.sync(run, client, { patient: false });
    rmSync(join(run, 'b.txt'));
    writeFileSync(join(run, 'c.txt'), 'c');

    expect(await lab.sync(run, client, { patient: false })).toMatchObject({ state: 'verified', lastError: null });
    const { stdout } = await rclone('lsf', '-R', '--files-only', at('Run_1'));
    expect(stdout).toMatch(/^\.exlab-wizard\/set-aside\/[^/]+\/b\.txt$/mu);
  });

  it('is met where the environment names a bundle of certificates, which rclone cannot use', async () => {
    vi.stubEnv('AWS_CA_BUNDLE', '/etc/ssl/certs/ca-certificates.crt');
    onTestFinished(() => void vi.unstubAllEnvs());
    const { lab, client } = await bucket();

    expect(await lab.sync(await lab.makeRun({ 'a.txt': 'a' }), client, { patient: false })).toMatchObject({
      ...{ state: 'verified', lastError: null },
    });
  });

  it('passes every check of doctor, which leaves nothing there', async () => {
    const { client, at, rclone } = await bucket();

    const { checks } = await client.doctor();

    expect(checks.filter(({ ok }) => !ok)).toEqual([]);
    expect((await rclone('lsf', '-R', at())).stdout).toBe('');
  });

  it('gives back a file that went', async () => {
    const { lab, client } = await bucket();
    const run = await lab.makeRun({ 'a.txt': 'a', 'plane 1/big.bin': noise(PARTS_BYTES) });
    await lab.sync(run, client, { patient: false });

    await client.restore(run, { to: lab.at('back') });

    expect(await differences(run, lab.at('back'))).toBe('');
  });

  it('refuses a run with an empty folder by its name, before a byte moves', async () => {
    const { lab, client } = await bucket();
    const job = await lab.sync(await lab.makeRun({ 'a.txt': 'a', 'empty/': '' }), client, { patient: false });

    expect(job).toMatchObject({ state: 'failed', lastError: { kind: 'source_invalid' } });
    expect(job.lastError!.message).toContain('"empty" is an empty folder');
  });
});
