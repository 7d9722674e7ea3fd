import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { differences, listing, sha256sumCheck } from '../../support/lab.js';
import { ORDINARY } from '../../support/servers/ssh-accounts.js';
import { chownSync } from 'node:fs';
import { RsyncLab } from './rsync-lab.js';

const SHELLS = ['dash', 'bash', 'busybox', 'mksh', 'zsh', 'bsd-csh', 'tcsh', 'fish'] as const;

/** What one shell or another expands, also inside quotes. */
const NAMES = [
  ...['go!.txt', '!!', "it's!", String.raw`back\slash`, String.raw`ends with \\`, String.raw`\'`, String.raw`\!`],
  ...['$HOME ${x}', '`id`', '$(id)', '{a,b}', '~', '^a^b', '#', '%s %b', '-n', 'new\nline', '"double"', 'ä🔬', ' '],
];

const asRoot = process.getuid?.() === 0;

describe.runIf(asRoot).each(SHELLS)('an account whose login shell is %s', (loginShell) => {
  it('gets, proves and gives back a run, whatever its folders and files are called', async () => {
    const lab = await RsyncLab.with('gnu', { loginShell });
    const remotePath = join(lab.server.folder, String.raw`pool!1 \'it's`);
    mkdirSync(remotePath);
    chownSync(remotePath, ORDINARY.uid, ORDINARY.gid);
    const client = lab.open({ config: lab.configured({ remotePath }) });
    const name = String.raw`Run!_1 ${'$'}HOME it's {a,b} \\ \' !x` + '\n.';
    const run = await lab.makeRun(
      Object.fromEntries(
        NAMES.flatMap((each) => [
          [each, each],
          [`sub!/${each}`, 'x'],
        ]),
      ),
      name,
    );

    const job = await lab.sync(run, client);

    expect(job.lastError).toBeNull();
    expect(job.state).toBe('verified');
    expect(await differences(run, join(remotePath, name))).toBe('');
    await sha256sumCheck(join(remotePath, name));
    const to = lab.at('back');
    await client.restore(run, { to });
    expect(listing(to)).toEqual(listing(run));
  });
});
