// A small lab in a temporary folder: two instruments, six runs, and a folder that plays the NAS.
// Run it with `npm run demo`.
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { createRecord, loadConfig, NasSyncClient, printable } from 'nas-sync';

const lab = realpathSync(mkdtempSync(join(tmpdir(), 'nas-sync-demo-')));
const workstation = join(lab, 'workstation');
const nas = join(lab, 'nas');
const terminal = process.stdout.isTTY === true;
const places = new Map();

const runs = layOutRuns();
for (const run of runs.filter((run) => !run.includes('forgotten'))) await createRecord(run);
console.log(`A lab of ${runs.length} runs is laid out in ${lab}\n`);

const config = await loadConfig(writeConfig());
const client = new NasSyncClient({ config });
client.live.subscribe(({ context }) => showMoves(context));
client.live.subscribe(({ context }) => showBytes(context));

const handles = [];
for (const run of runs) handles.push(await client.enqueue(run));
const jobIds = handles.map((handle) => handle.jobId).filter((jobId) => jobId !== '');
const jobs = new Map((await client.settled(jobIds)).map((job) => [job.jobId, job]));
await client.close();
wipeLine();

console.log('\nEvery run and its state:\n');
for (const { jobId, runPath, blockingFindings } of handles) {
  const job = jobs.get(jobId);
  const size = job === undefined ? '' : `files: ${job.files}, bytes: ${job.bytes}`;
  console.log(`  ${(job?.state ?? 'blocked').padEnd(9)}  ${nameOf(runPath).padEnd(26)}  ${size}`.trimEnd());
  const reasons = [job?.lastError, ...blockingFindings].filter((reason) => reason != null);
  for (const { message } of reasons) console.log(`             ${printable(message)}`);
}

console.log('\nThe NAS copies, checked without any of our software:');
for (const job of jobs.values()) checkCopy(job.runPath.replace(workstation, nas));
console.log(`\nThe lab is kept for you to look at; remove it with: rm -r ${lab}`);
if ([...jobs.values()].some((job) => job.state !== 'verified')) process.exitCode = 1;

function layOutRuns() {
  const confocal = join(workstation, 'CONFOCAL_01');
  const sequencer = join(workstation, 'SEQ_02');
  put(confocal, 'Run_0001/images/cell_1.tif', randomBytes(6_000_000));
  put(confocal, 'Run_0001/images/cell_2.tif', randomBytes(2_000_000));
  put(confocal, 'Run_0001/notes.txt', 'two cells\n');
  mkdirSync(join(confocal, 'Run_0001/nothing in here'));
  put(confocal, '2026/November/Run_0002/a/b/c/deep.csv', 't,mV\n0,12\n');
  put(confocal, '2026/November/Run_0002/Ünïcødé 顕微鏡 🔬.txt', 'names stay as they are\n');
  put(confocal, '2026/November/Run_0002/it’s $HOME & (50 %).txt', 'odd, but legal\n');
  put(sequencer, 'Run_A/reads.fastq', randomBytes(4_000_000));
  put(sequencer, 'Run_A/empty.log', '');
  put(sequencer, 'Run B (repeat)/reads.fastq', randomBytes(1_000_000));
  symlinkSync('reads.fastq', join(sequencer, 'Run B (repeat)/latest.fastq'));
  put(sequencer, 'Run_linked/reads.fastq', 'ACGT\n');
  symlinkSync('../../CONFOCAL_01', join(sequencer, 'Run_linked/other instrument'));
  put(sequencer, 'Run_forgotten/reads.fastq', 'nobody wrote a run record\n');
  return [
    join(confocal, 'Run_0001'),
    join(confocal, '2026/November/Run_0002'),
    ...['Run_A', 'Run B (repeat)', 'Run_linked', 'Run_forgotten'].map((name) => join(sequencer, name)),
  ];
}

function put(folder, path, content) {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
}

function writeConfig() {
  // The caps only make the copying slow enough to watch.
  const equipment = ['CONFOCAL_01', 'SEQ_02'].map(
    (id) => `
  - id: ${id}
    local_root: workstation/${id}
    transport: { type: mount, path: nas/${id}, bandwidth: { upload_mbps: 40 } }`,
  );
  const file = join(lab, 'config.yaml');
  writeFileSync(file, `database: sync_queue.db\nequipment:${equipment.join('')}\n`);
  for (const id of ['CONFOCAL_01', 'SEQ_02']) mkdirSync(join(nas, id), { recursive: true });
  return file;
}

function nameOf(runPath) {
  return printable(basename(runPath));
}

function showMoves({ jobs }) {
  for (const { jobId, runPath, place } of Object.values(jobs)) {
    if (places.get(jobId) === place) continue;
    places.set(jobId, place);
    wipeLine();
    console.log(`  ${nameOf(runPath).padEnd(26)}  ${place}`);
  }
}

function showBytes({ jobs }) {
  if (!terminal) return;
  const working = Object.values(jobs).filter((job) => job.work !== null && job.work.totalBytes > 0);
  const shares = working.map(
    ({ runPath, work }) => `${nameOf(runPath)} ${Math.floor((100 * work.bytes) / work.totalBytes)} %`,
  );
  process.stdout.write(`\x1b[2K\r  ${shares.join('   ')}`);
}

function wipeLine() {
  if (terminal) process.stdout.write('\x1b[2K\r');
}

function checkCopy(copy) {
  const command = 'sha256sum -c .exlab-wizard/checksums.sha256';
  console.log(`\n$ cd '${copy}' && ${command}`);
  process.stdout.write(execFileSync('sh', ['-c', command], { cwd: copy }));
}
