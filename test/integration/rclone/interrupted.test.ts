import { readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { expect, it } from 'vitest';
import { differences, Lab, noise, sha256sumCheck } from '../../support/lab.js';
import { Relay } from '../../support/servers/relay.js';
import type { SshServer } from '../../support/servers/ssh-server.js';
import { untilTestEnds } from '../../support/servers/until-test-ends.js';
import { never, remoteOf, type Remote } from './remotes.js';
import { pushOf } from './requests.js';

const MIB = 1024 * 1024;

/** The remote behind a relay. */
async function relayed(remote: Remote): Promise<{ relay: Relay; config: string }> {
  const { server, options } = remote;
  const relay = await untilTestEnds(Relay.start({ to: server!.port }));
  if (remote.name === 'sftp') await (server as SshServer).alsoKnownAt(relay.port);
  const config = `${options.rcloneConfig!}.relayed`;
  const text = readFileSync(options.rcloneConfig!, 'utf8');
  writeFileSync(config, text.replaceAll(String(server!.port), String(relay.port)));
  return { relay, config };
}

/** The rclones that this process has started and that still run. */
async function tools(): Promise<string[]> {
  const { stdout } = await execa('pgrep', ['-P', String(process.pid), '-x', 'rclone'], { reject: false });
  return stdout === '' ? [] : stdout.split('\n');
}

it('sends nothing again that had arrived whole before the connection broke', async () => {
  const lab = new Lab({ delays: ['50ms'] });
  const remote = await remoteOf('sftp', lab);
  const { relay, config } = await relayed(remote);
  const tree = Object.fromEntries(Array.from({ length: 12 }, (_, at) => [`${at}.bin`, noise(MIB, at + 1)]));
  const run = await lab.makeRun(tree);
  const client = lab.open({ transport: remote.transport({ rcloneConfig: config, transfers: 1 }) });
  relay.cutAfter(8 * MIB);

  const job = await lab.sync(run, client);

  expect(job.state).toBe('verified');
  const failed = (await client.history(run)).filter(
    ({ event }) => event === 'push.failed' || event === 'push.deferred',
  );
  expect(failed.length).toBeGreaterThan(0);
  const [copied] = await lab.copied(run, client);
  expect(copied).toBeLessThan(12);
  expect(await differences(run, remote.onDisk(run))).toBe('');
  await sha256sumCheck(remote.onDisk(run));
});

it('gives up on a server that stalls, and leaves no process', async () => {
  const lab = new Lab();
  const remote = await remoteOf('sftp', lab);
  const { relay, config } = await relayed(remote);
  const run = await lab.makeRun({ 'a.bin': noise(4 * MIB) });
  const transport = remote.transport({ rcloneConfig: config, timeoutSeconds: 3 });
  await transport.probe(never());
  const pushing = transport.push(await pushOf(run, { capKiBps: () => 256 }));
  await sleep(2500);
  relay.stall();
  const began = performance.now();

  await expect(pushing).rejects.toMatchObject({ code: expect.stringMatching(/^(timeout|network)$/u) });

  expect(performance.now() - began).toBeLessThan(15_000);
  expect(await tools()).toEqual([]);
});

it('ends at once when it is told to, and leaves no process', async () => {
  const lab = new Lab();
  const remote = await remoteOf('sftp', lab);
  const run = await lab.makeRun({ 'a.bin': noise(8 * MIB) });
  const stop = new AbortController();
  const pushing = remote.transport().push(await pushOf(run, { capKiBps: () => 128, signal: stop.signal }));
  await sleep(2000);
  const began = performance.now();
  stop.abort(new Error('enough'));

  await expect(pushing).rejects.toThrow('enough');

  expect(performance.now() - began).toBeLessThan(6000);
  expect(await tools()).toEqual([]);
});
