/**
 * What proving costs on a long way: a whole job by rsync over SSH, against a bare `rsync -a` of the same tree plus one
 * `sha256sum` of all of it on the server. Each packet is held back for 25 ms in each direction.
 *
 * Each job has a process and a connection of its own; its target was met before, as every target but a new one was. The
 * relay has this process for itself.
 *
 * Run it after a build: `node bench/rsync-latency.js`. The ratio must be at most 1.3, the connections at most 2.
 */
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { register } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { fileURLToPath } from 'node:url';
import { createRecord } from 'nas-sync';

register('./load-typescript.js', import.meta.url);
const { Relay } = await import('../test/support/servers/relay.ts');
const { SshServer } = await import('../test/support/servers/ssh-server.ts');

const FILES = 5000;
const FOLDERS = 50;
const FILE_BYTES = 20 * 1024;
const DELAY_MS = 25;
const PAIRS = 3;
const MOST_RATIO = 1.3;
const MOST_CONNECTIONS = 2;

async function makeRun(local, name, folders) {
  const run = join(local, name);
  for (let folder = 0; folder < folders; folder += 1) {
    await mkdir(join(run, `position ${folder}`), { recursive: true });
    for (let file = 0; file < FILES / FOLDERS; file += 1) {
      await writeFile(join(run, `position ${folder}`, `t${file}.tif`), randomBytes(FILE_BYTES));
    }
  }
  await createRecord(run);
  return run;
}

async function seconds(work) {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1000;
}

async function bare({ server, relay, run }, place) {
  const ssh = ['ssh', ...server.options(), '-p', String(relay.port)];
  const where = `${server.user}@${server.host}`;
  await execa('rsync', ['-a', '-e', ssh.join(' '), `${run}/`, `${where}:${place}/`]);
  const [tool, ...args] = ssh;
  await execa(tool, [...args, where, `cd '${place}' && find . -type f -exec sha256sum {} +`]);
}

async function job({ server, relay, root, local, run, first }, place) {
  await mkdir(place);
  const transport = {
    type: 'rsync_ssh',
    sshTarget: `${server.user}@${server.host}`,
    sshKeyPath: server.keyPath,
    knownHosts: server.knownHosts,
    port: relay.port,
    remotePath: place,
  };
  const config = { equipment: [{ id: 'SCOPE', localRoot: local, transport }] };
  const database = join(root, `${Date.now()}.db`);
  await inItsOwnProcess({ config, database, run: first });
  const before = relay.connections;
  const took = await inItsOwnProcess({ config, database, run });
  return { took, connections: relay.connections - before };
}

async function inItsOwnProcess(what) {
  const { stdout } = await execa('node', [fileURLToPath(new URL('one-job.js', import.meta.url)), JSON.stringify(what)]);
  return Number(stdout);
}

const round = (number) => number.toFixed(2);
const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];

async function measure(lab) {
  const ratios = [];
  let most = 0;
  for (let pair = 1; pair <= PAIRS; pair += 1) {
    const theirs = await seconds(() => bare(lab, join(lab.server.folder, `bare-${pair}`)));
    const { took, connections } = await job(lab, join(lab.server.folder, `job-${pair}`));
    ratios.push(took / theirs);
    most = Math.max(most, connections);
    console.log(
      `${pair}: bare rsync and sha256sum ${round(theirs)} s, a job ${round(took)} s, ratio ${round(took / theirs)}, SSH connections ${connections}`,
    );
  }
  console.log(`median ratio ${round(median(ratios))} (at most ${MOST_RATIO}), connections of a job ${most}`);
  return median(ratios) <= MOST_RATIO && most <= MOST_CONNECTIONS;
}

const server = await SshServer.start();
const relay = await Relay.start({ to: server.port, delayMs: DELAY_MS });
const root = await realpath(await mkdtemp(join(tmpdir(), 'nas-sync-bench-')));
try {
  await server.alsoKnownAt(relay.port);
  const local = join(root, 'local');
  const first = await makeRun(local, 'Run_0', 1);
  const run = await makeRun(local, 'Run_1', FOLDERS);
  process.exitCode = (await measure({ server, relay, root, local, run, first })) ? 0 : 1;
} finally {
  await relay.stop();
  await server.stop();
  await rm(root, { recursive: true, force: true });
}
