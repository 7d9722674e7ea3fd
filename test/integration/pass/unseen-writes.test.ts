import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { expect, it } from 'vitest';
import { Lab } from '../../support/lab.js';
import { itMounts, mountExt4 } from '../mount/mounts.js';

/** Stores into a page that it holds mapped: once before it says so, and once more each time it is told to. */
const MAPPED_WRITER = `
import mmap, sys
f = open(sys.argv[1], 'r+b')
m = mmap.mmap(f.fileno(), 0)
for text in (b'version1', b'version2'):
    m[0:8] = text
    print(text.decode(), flush=True)
    sys.stdin.readline()
`;

it('sees what a program stores into a file that it holds mapped into memory, though no write is ever called', async () => {
  const lab = new Lab();
  const run = await lab.makeRun({ 'a.bin': Buffer.alloc(8192) });
  const writer = execa('python3', ['-c', MAPPED_WRITER, join(run, 'a.bin')], { reject: false });
  lab.atEnd(async () => writer.kill('SIGKILL'));
  const said = writer[Symbol.asyncIterator]();
  expect((await said.next()).value).toBe('version1');
  await lab.sync(run);

  writer.stdin.write('\n');
  expect((await said.next()).value).toBe('version2');
  expect(await lab.client.forceVerify(run)).toMatchObject({ ok: false, mismatched: ['a.bin'] });
  await lab.sync(run);
  expect(readFileSync(lab.onNas(run, 'a.bin'), 'latin1').slice(0, 8)).toBe('version2');
});

itMounts('sees a second write within the second on a file system whose clock knows only seconds', async () => {
  const lab = new Lab();
  await mountExt4(lab, lab.local, '-I', '128');
  // Both writes fall into one second, with time enough between them for the first to be read.
  while (Date.now() % 1000 > 100) await sleep(10);
  const run = await lab.makeRun({ 'a.bin': 'version1' });
  const job = lab.sync(run);
  await sleep(700);
  writeFileSync(join(run, 'a.bin'), 'version2');
  await job;
  await lab.sync(run);
  expect(readFileSync(lab.onNas(run, 'a.bin'), 'utf8')).toBe('version2');
  expect(await lab.client.forceVerify(run)).toMatchObject({ ok: true });
});
