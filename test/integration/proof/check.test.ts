import { cpSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { documentOf, Workplace } from '../cli-workstation.js';
import { flipByte } from '../pass/damage.js';
import { asDocument, byExample, keep, proven } from './checks.js';

const MANIFEST = '.exlab-wizard/checksums.sha256';
const RECORD = '.exlab-wizard/creation.json';

interface Damage {
  readonly does: (copy: string) => void;
  readonly found: object;
  /** `null`: only the NAS's own copy must have it, so the example does not ask for it. */
  readonly said: string | null;
}

const DAMAGES: Readonly<Record<string, Damage>> = {
  'a flipped byte behind the same size and time': {
    does: (copy) => flipByte(join(copy, 'sub folder/b.bin')),
    found: { mismatched: ['sub folder/b.bin'] },
    said: '"sub folder/b.bin" has another SHA-256',
  },
  'a file that is gone': {
    does: (copy) => rmSync(join(copy, 'a.txt')),
    found: { missing: ['a.txt'] },
    said: '"a.txt" is missing',
  },
  'a file that nobody knows': {
    does: (copy) => writeFileSync(join(copy, 'sub folder/new.txt'), 'new'),
    found: { extra: ['sub folder/new.txt'] },
    said: '"sub folder/new.txt" is not in the proof',
  },
  'a file that is longer': {
    does: (copy) => writeFileSync(join(copy, 'a.txt'), 'aa'),
    found: { mismatched: ['a.txt'] },
    said: '"a.txt" has 2 bytes, not 1',
  },
  'a link to a file with the right content': {
    does: (copy) => {
      renameSync(join(copy, 'a.txt'), join(copy, '../outside'));
      symlinkSync('../outside', join(copy, 'a.txt'));
    },
    // What leads there through it leads outside, too.
    found: { extra: ['a.txt', 'to-a'], missing: ['a.txt', 'to-a'] },
    said: '"a.txt" is no file',
  },
  'a link to a folder with the right content': {
    does: (copy) => {
      renameSync(join(copy, 'sub folder'), join(copy, '../outside'));
      symlinkSync('../outside', join(copy, 'sub folder'));
    },
    found: { missing: ['sub folder', 'sub folder/b.bin', 'sub folder/empty'], extra: ['sub folder'] },
    said: '"sub folder/b.bin" is missing',
  },
  'a link that leads elsewhere': {
    does: (copy) => {
      rmSync(join(copy, 'to-a'));
      symlinkSync('sub folder', join(copy, 'to-a'));
    },
    found: { mismatched: ['to-a'] },
    said: '"to-a" is not the link to "a.txt"',
  },
  'a manifest that says something else': {
    does: (copy) => flipByte(join(copy, MANIFEST)),
    found: { mismatched: [MANIFEST] },
    said: 'the manifest has another SHA-256',
  },
  'a manifest that is gone': {
    does: (copy) => rmSync(join(copy, MANIFEST)),
    found: { missing: [MANIFEST] },
    said: null,
  },
  'a run record that cannot be read': {
    does: (copy) => writeFileSync(join(copy, RECORD), '{'),
    found: { mismatched: [RECORD] },
    said: null,
  },
  "another run's record": {
    does: (copy) => writeFileSync(join(copy, RECORD), '{"nas_sync_run_id":"another"}'),
    found: { mismatched: [RECORD] },
    said: null,
  },
  'a copy that is gone as a whole': {
    does: (copy) => rmSync(copy, { recursive: true }),
    found: { missing: expect.arrayContaining(['a.txt', 'sub folder', 'to-a', MANIFEST, RECORD]) as unknown },
    said: 'cannot be checked: ENOENT',
  },
};

describe('a proof, compared with the NAS that it is of', () => {
  it('is right by --check, from a file or a pipe, and by the example, with the copy and without', async () => {
    const place = new Workplace();
    const { run, file, copy } = await proven(place);

    const checked = await place.cli('proof', run, '--check', file, '--json');
    const piped = await place.shell(`cat '${file}' | $CLI proof '${run}' --check -`);

    expect(checked).toMatchObject({ exitCode: 0 });
    expect(documentOf(checked)).toMatchObject({
      ...{ runPath: run, ok: true, mismatched: [], missing: [], extra: [], files: 3, bytes: 100_001 },
      documentSha256: asDocument(readFileSync(file, 'utf8')).sha256,
    });
    expect(piped.exitCode).toBe(0);
    expect(await byExample(file)).toMatchObject({ exitCode: 0 });
    const example = await byExample(file, copy);
    expect(example).toMatchObject({ exitCode: 0 });
    expect(example.stdout).toMatch(/^PROVEN: .*files: 3, passes that count: 1, not deleted/);
  });

  it('is right also for the run itself, and for one that was restored without its record folder', async () => {
    const place = new Workplace();
    const { run, file } = await proven(place);
    const restored = join(place.root, 'restored');
    cpSync(run, restored, { recursive: true, verbatimSymlinks: true });
    rmSync(join(restored, '.exlab-wizard'), { recursive: true });

    expect(await byExample(file, run)).toMatchObject({ exitCode: 0 });
    expect(await byExample(file, restored)).toMatchObject({ exitCode: 0 });
  });

  it.each(Object.entries(DAMAGES))('finds %s', async (_, { does, found, said }) => {
    const place = new Workplace();
    const { run, file, copy } = await proven(place);
    does(copy);

    const checked = await place.cli('proof', run, '--check', file, '--json');
    const example = await byExample(file, copy);

    expect(checked).toMatchObject({ exitCode: 4 });
    expect(documentOf(checked)).toMatchObject({ ok: false, ...found });
    expect(example.exitCode).toBe(said === null ? 0 : 1);
    expect(example.stdout).toContain(said ?? 'PROVEN');
  });

  it('needs neither the run nor a queue that knows it', async () => {
    const place = new Workplace();
    const { run, file } = await proven(place);
    rmSync(run, { recursive: true });

    const checked = await place.cli('--db', join(place.root, 'fresh.db'), 'proof', run, '--check', file);

    expect(checked).toMatchObject({ exitCode: 0 });
    expect(checked.stdout).toMatch(/^✔ same .*3 files/);
  });

  it('asks the NAS, not the run: what was changed here since is no matter', async () => {
    const place = new Workplace();
    const { run, file, copy } = await proven(place);
    for (const folder of [run, copy]) writeFileSync(join(folder, 'a.txt'), 'b');

    expect(await place.cli('proof', run, '--check', file)).toMatchObject({ exitCode: 4 });
  });
});

describe('a proof is refused', () => {
  it('where it was altered: 4, and the example says so', async () => {
    const place = new Workplace();
    const { run, file } = await proven(place);
    const document = asDocument(readFileSync(file, 'utf8'));
    const altered = keep(place, { ...document, cleanedAt: '2026-01-01T00:00:00.000Z' });

    const checked = await place.cli('proof', run, '--check', altered);

    expect(checked).toMatchObject({ exitCode: 4, stdout: '' });
    expect(checked.stderr).toMatch(/^nas-sync: the proof was altered.*\n?$/);
    const example = await byExample(altered);
    expect(example).toMatchObject({ exitCode: 1 });
    expect(example.stdout).toMatch(/^✖ the document was altered\nNOT PROVEN/);
  });

  it('where it is none, or cannot be read: 2', async () => {
    const place = new Workplace();
    const { run } = await proven(place);
    for (const file of [keep(place, { jobs: [] }), join(place.root, 'missing.json')]) {
      const checked = await place.cli('proof', run, '--check', file);
      expect(checked).toMatchObject({ exitCode: 2, stdout: '' });
      expect(checked.stderr.trim().split('\n')).toHaveLength(1);
      expect(await byExample(file)).toMatchObject({ exitCode: 1 });
    }
  });

  it('where it is of another run', async () => {
    const place = new Workplace();
    const { file } = await proven(place);
    const other = await place.run('Run_2');

    const checked = await place.cli('proof', other, '--check', file);

    expect(checked).toMatchObject({ exitCode: 2 });
    expect(checked.stderr).toMatch(/the proof is of .*Run_1, and not of .*Run_2/);
  });

  it('where its equipment is not configured', async () => {
    const place = new Workplace();
    const { run, file } = await proven(place);
    writeFileSync(place.config, JSON.stringify({ database: 'queue.db', equipment: [] }));

    const checked = await place.cli('proof', run, '--check', file);

    expect(checked).toMatchObject({ exitCode: 1 });
    expect(checked.stderr).toMatch(/equipment SCOPE, which is not in the config/);
  });

  it('where the configuration leads to another place', async () => {
    const place = new Workplace();
    const { run, file, copy } = await proven(place);
    const nas = join(place.root, 'nas2');
    cpSync(copy, join(nas, 'Run_1'), { recursive: true });
    const transport = { type: 'mount', path: nas };
    const equipment = [{ id: 'SCOPE', local_root: place.local, transport }];
    writeFileSync(place.config, JSON.stringify({ database: 'queue.db', equipment }));

    const checked = await place.cli('proof', run, '--check', file);

    expect(checked).toMatchObject({ exitCode: 1 });
    expect(checked.stderr).toMatch(/the proof is of mount:\S+nas, and equipment SCOPE leads to mount:\S+nas2/);
  });

  it('where another NAS stands in the place, also for a queue that never met either, which then knows none', async () => {
    const place = new Workplace();
    const { run, file } = await proven(place);
    const away = join(place.root, 'away');
    renameSync(place.nas, away);
    mkdirSync(place.nas);
    cpSync(join(away, 'Run_1'), join(place.nas, 'Run_1'), { recursive: true });
    writeFileSync(join(place.nas, '.nas-sync-target.json'), '{"token":"another"}');
    const fresh = ['--db', join(place.root, 'fresh.db')];

    for (const queue of [[], fresh]) {
      const checked = await place.cli(...queue, 'proof', run, '--check', file);
      expect(checked).toMatchObject({ exitCode: 1 });
      expect(checked.stderr).toMatch(/is another target \(token another\)/);
    }
    rmSync(place.nas, { recursive: true });
    renameSync(away, place.nas);
    expect(await place.cli(...fresh, 'sync', run)).toMatchObject({ exitCode: 0 });
  });

  it('where the share is not mounted', async () => {
    const place = new Workplace();
    const { run, file } = await proven(place);
    rmSync(join(place.nas, '.nas-sync-target.json'));

    const checked = await place.cli('proof', run, '--check', file);

    expect(checked).toMatchObject({ exitCode: 1 });
    expect(checked.stderr).toMatch(/carries no identity token; is the share mounted\?/);
  });
});
