import { basename } from 'node:path';
import { printable, type LiveContext, type LiveJob, type LiveLane, type LiveWork } from '../../index.js';
import { inBytes, inShort } from '../text/format.js';
import { cut, cutStart, padded, widthOf } from '../text/width.js';

const WIDEST_NAME = 32;
const NARROWEST_NAME = 12;
const WIDEST_BAR = 30;
const NARROWEST_BAR = 8;
const STALLED_MS = 5000;
const INDENT = '    ';
const GAP = '  ';

const PHASES = { push: 'pushing  ', verify: 'verifying', clean: 'deleting ', restore: 'restoring' } as const;

type WorkingJob = LiveJob & { readonly work: LiveWork };

/** The work at hand as lines of at most `width` columns: two a job, one a closed lane. */
export function drawProgress(live: LiveContext, width: number, now: number): string[] {
  const jobs = Object.values(live.jobs).filter(isWorking).sort(byStart);
  const names = nameWidth(jobs, width);
  return [
    ...jobs.flatMap((job) => [jobLine(job, names, width, now), fileLine(job.work, width)]),
    ...Object.values(live.lanes)
      .filter(isClosed)
      .map((lane) => laneLine(lane, width)),
  ];
}

const isWorking = (job: LiveJob): job is WorkingJob => job.work !== null;
const isClosed = (lane: LiveLane): boolean => lane.state === 'closed';
const byStart = (a: WorkingJob, b: WorkingJob): number => a.work.startedAt - b.work.startedAt;
const nameOf = (job: LiveJob): string => printable(basename(job.runPath));

/** A quarter of the line, or less where no name is that long. */
function nameWidth(jobs: readonly WorkingJob[], width: number): number {
  const most = Math.min(WIDEST_NAME, Math.max(NARROWEST_NAME, Math.floor(width / 4)));
  return Math.min(most, Math.max(0, ...jobs.map((job) => widthOf(nameOf(job)))));
}

function jobLine(job: WorkingJob, names: number, width: number, now: number): string {
  const { work } = job;
  const name = padded(cut(nameOf(job), names), names);
  const done = fractionOf(work);
  const before = `▶ ${name}${GAP}${PHASES[work.phase]}${GAP}`;
  const left = width - widthOf(before);
  const after = numbersIn(left, done, work, now);
  const room = left - widthOf(after) - GAP.length;
  const middle = room < NARROWEST_BAR ? '' : bar(done, Math.min(room, WIDEST_BAR)) + GAP;
  return cut(before + middle + after, width);
}

/** As many of the numbers as there is room for. */
function numbersIn(room: number, done: number, work: LiveWork, now: number): string {
  const share = percent(done);
  const paces = pace(work, now);
  const forms = [
    [share, amounts(work), ...paces],
    [share, ...paces],
  ].map((parts) => parts.join(GAP));
  return forms.find((form) => widthOf(form) <= room) ?? share;
}

function fileLine(work: LiveWork, width: number): string {
  const counted = `${INDENT}${work.files}/${work.totalFiles} files`;
  if (work.currentFile === null) return cut(counted, width);
  const room = width - widthOf(counted) - GAP.length;
  return cut(`${counted}${GAP}${cutStart(printable(work.currentFile), room)}`, width);
}

const laneLine = (lane: LiveLane, width: number): string =>
  cut(`… ${lane.equipmentId} waits: ${printable(lane.because ?? 'its target does not answer')}`, width);

/** Empty files have no bytes to count. */
function fractionOf({ bytes, totalBytes, files, totalFiles }: LiveWork): number {
  const [done, total] = totalBytes > 0 ? [bytes, totalBytes] : [files, totalFiles];
  return total > 0 ? Math.min(1, Math.max(0, done / total)) : 0;
}

/** Rounded down: 100 % is never shown before it is true. */
const percent = (done: number): string => `${String(Math.floor(done * 100)).padStart(3)} %`;

const amounts = ({ bytes, totalBytes }: LiveWork): string => `${inBytes(bytes)} / ${inBytes(totalBytes)}`;

function bar(done: number, width: number): string {
  const full = Math.floor(done * width);
  return '█'.repeat(full) + '░'.repeat(width - full);
}

function pace({ rate, eta, sampledAt }: LiveWork, now: number): string[] {
  if (now - sampledAt >= STALLED_MS) return [`nothing moved for ${inShort(now - sampledAt)}`];
  if (rate === null) return [];
  const speed = `${inBytes(rate)}/s`;
  return eta === null ? [speed] : [speed, `ETA ${inShort(Math.ceil(eta) * 1000)}`];
}
