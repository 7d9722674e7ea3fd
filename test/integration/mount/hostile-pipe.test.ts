import { mkdirSync } from 'node:fs';
import { execa } from 'execa';
import { expect, it } from 'vitest';
import { Lab } from '../../support/lab.js';

it.each(['creation.json', 'checksums.sha256'])(
  'does not wait for ever at a pipe that stands on the NAS for %s',
  async (name) => {
    const lab = new Lab();
    const run = await lab.makeRun({ 'a.txt': 'a' });
    mkdirSync(lab.onNas(run, '.exlab-wizard'), { recursive: true });
    await execa('mkfifo', [lab.onNas(run, '.exlab-wizard', name)]);

    const job = await lab.sync(run);

    expect(job).toMatchObject({ state: 'failed', lastError: { kind: 'target_conflict' } });
    expect(job.lastError!.message).toContain(name);
  },
);
