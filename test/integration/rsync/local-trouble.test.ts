import { copyFileSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { execa, execaSync } from 'execa';
import { expect, it } from 'vitest';
import { noise } from '../../support/lab.js';
import { RsyncLab } from './rsync-lab.js';

const MIB = 1024 * 1024;
const NOBODY = 65_534;
const asRoot = process.getuid?.() === 0;
const alone = asRoot && execaSync('true', { uid: NOBODY, reject: false }).failed;
if (alone) console.warn('skipped: root inside a user namespace can read everything, and cannot become anybody else');

it('a file that vanishes while it is pushed puts the push off, by its name, and costs no attempt', async () => {
  const lab = await RsyncLab.with('gnu', { uploadMbps: 16 });
  const run = await lab.makeRun({ 'a.bin': noise(3 * MIB), 'permission denied.txt': 'z' });
  await lab.pushing(run, { bytes: 256 * 1024 });
  rmSync(join(run, 'permission denied.txt'));

  const [job] = await lab.client.settled([(await lab.client.job(run))!.jobId], { patient: true });

  expect(job).toMatchObject({ state: 'verified', attempts: 0, lastError: null, files: 1 });
  const deferral = (await lab.client.history(run)).find(({ event }) => event === 'push.deferred');
  expect(JSON.stringify(deferral)).toContain('permission denied.txt');
});

/** Pushes as a user who is not root, and tells what came of it. */
const PUSH = `
  const { chmod } = await import('node:fs/promises');
  const { RsyncTransport } = await import('#dist/transports/rsync/rsync-transport.js');
  const { walkRun } = await import('#dist/run/walk.js');
  const [options, source] = JSON.parse(process.env.ASKED);
  const signal = new AbortController().signal;
  const { entries } = await walkRun(source, { links: 'keep', signal });
  await chmod(source + '/connection refused.bin', 0);
  const transport = new RsyncTransport(options);
  const nothing = () => null;
  const request = { source, target: 'Run_1', entries, signal, sha256Of: nothing, matches: nothing, readNow: nothing };
  const calls = { onDigests: nothing, onProgress: nothing, onArrived: nothing, capKiBps: nothing };
  try {
    await transport.push({ ...request, ...calls });
    console.log('pushed');
  } catch ({ code, message }) {
    console.log(JSON.stringify({ code, message }));
  }
  await transport.close();
`;

it.skipIf(alone)('a file that may not be read any more is a matter of the run, and named', async () => {
  const lab = await RsyncLab.with('gnu');
  const run = await lab.makeRun({ 'a.txt': 'a', 'connection refused.bin': 'b' });
  mkdirSync(lab.onNas(run));
  const [sshKeyPath, knownHosts] = [lab.at('key'), lab.at('known_hosts')];
  copyFileSync(lab.server.keyPath, sshKeyPath);
  copyFileSync(lab.server.knownHosts, knownHosts);
  if (asRoot) await execa('chown', ['-R', `${NOBODY}:${NOBODY}`, lab.root]);

  const options = { ...lab.way(), sshKeyPath, knownHosts, links: 'keep', requireSha256: false };
  const { stdout } = await execa('node', ['--input-type=module', '--eval', PUSH], {
    ...(asRoot ? { uid: NOBODY, gid: NOBODY } : {}),
    env: { ASKED: JSON.stringify([options, run]), HOME: lab.root },
  });

  const { code, message } = JSON.parse(stdout);
  expect(code).toBe('source_invalid');
  expect(message).toMatch(/connection refused\.bin may not be read here; fix its permissions, then retry/);
});
