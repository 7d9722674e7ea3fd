import { execFileSync } from 'node:child_process';
import { chmodSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { built, inChild, runWith } from '../../run/support.js';
import { CONFIG, gated, inShort } from './support.js';

describe.each(['', 'a/b/c/d/'])('entries in "%s":', (folder) => {
  test('unsupported_entry finds pipes, links that leave the run, and names that are not UTF-8', async () => {
    const run = runWith({ [`${folder}fine`]: '' });
    execFileSync('mkfifo', [join(run, folder, 'pipe')]);
    symlinkSync('/etc/hostname', join(run, folder, 'out'));
    symlinkSync('fine', join(run, folder, 'stays'));
    writeFileSync(Buffer.concat([Buffer.from(`${run}/${folder}`), Buffer.from([0x62, 0xff])]), '');
    expect(inShort(await gated(run))).toEqual([
      `unsupported_entry ${folder}b\\xff`,
      `unsupported_entry ${folder}out`,
      `unsupported_entry ${folder}pipe`,
    ]);
  });

  test('unreadable_entry finds what the process may not read', async () => {
    const run = runWith({ [`${folder}closed`]: '', [`${folder}open`]: '' });
    chmodSync(join(run, folder, 'closed'), 0);
    const code = `
      const { builtInValidator } = await import(${built('gate/built-in-validator.js')});
      const run = { runPath: ${JSON.stringify(run)}, root: ${JSON.stringify(run)}, record: { raw: {} } };
      console.log(JSON.stringify(await builtInValidator(${JSON.stringify(CONFIG)}).validate(run, {})));`;
    const findings = JSON.parse(await inChild(code, { asNobody: true }));
    expect(inShort(findings)).toEqual([`unreadable_entry ${folder}closed`]);
  });
});
