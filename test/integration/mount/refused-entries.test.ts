import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, it } from 'vitest';
import { Lab, listing } from '../../support/lab.js';

interface Refused {
  readonly subject: string;
  readonly make: (run: string, lab: Lab) => unknown;
}

const REFUSED: Readonly<Record<string, Refused>> = {
  'a name that is not UTF-8': {
    subject: 'sub/caf\\xe9.tif',
    make: (run) => {
      mkdirSync(join(run, 'sub'));
      writeFileSync(Buffer.concat([Buffer.from(`${run}/sub/caf`), Buffer.from([0xe9]), Buffer.from('.tif')]), 'x');
    },
  },
  'a named pipe': { subject: 'pipe', make: (run) => execa('mkfifo', [join(run, 'pipe')]) },
  'a socket': { subject: 'socket', make: (run, lab) => listen(join(run, 'socket'), lab) },
  'a link out of the run': { subject: 'out', make: (run) => symlinkSync('../another/file', join(run, 'out')) },
  'an absolute link': { subject: 'absolute', make: (run) => symlinkSync('/etc/hostname', join(run, 'absolute')) },
};

it.each(Object.entries(REFUSED))('blocks a run with %s, by name', async (_, { subject, make }) => {
  const lab = new Lab();
  const run = await lab.makeRun({ 'good.txt': 'x' });
  await make(run, lab);

  const handle = await lab.client.enqueue(run);

  expect(handle).toMatchObject({ jobId: '', state: 'blocked', blockingFindings: [{ tier: 'hard', subject }] });
  expect(handle.blockingFindings[0]!.message).toContain(subject);
  expect(listing(lab.nas)).toEqual([]);
});

it('fails a job whose run came to hold such a thing after it was queued, by name', async () => {
  const lab = new Lab();
  const run = await lab.makeRun({ 'good.txt': 'x' });
  await lab.open({ drive: 'none' }).enqueue(run);
  await execa('mkfifo', [join(run, 'late')]);

  const job = await lab.client.waitFor(run, 'failed');

  expect(job.lastError).toMatchObject({ kind: 'source_invalid' });
  expect(job.lastError!.message).toContain('"late" is a named pipe');
  expect(existsSync(lab.onNas(run))).toBe(false);
});

async function listen(path: string, lab: Lab): Promise<void> {
  const server = createServer();
  await new Promise<void>((ready) => server.listen(path, ready));
  lab.atEnd(() => new Promise((closed) => server.close(closed)));
}
