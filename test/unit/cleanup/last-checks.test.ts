import { execFileSync } from 'node:child_process';
import {
  closeSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  renameSync,
  realpathSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { identityOf } from '#dist/bytes/identity.js';
import { releaseFile } from '#dist/cleanup/delete-file.js';
import { asideName, forGood, fromTrash, take, type Going } from '#dist/cleanup/disposal.js';
import { nothingLeft } from '#dist/cleanup/remove-run.js';
import { noFaults, type Faults } from '#dist/faults.js';
import { HeldFolder } from '#dist/run/fs/folder-handle.js';

async function folders() {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'nas-sync-looks-')));
  const [run, aside] = [join(root, 'run'), join(root, 'records')];
  for (const folder of [run, aside]) mkdirSync(folder);
  const [held, records] = [await HeldFolder.open(run), await HeldFolder.open(aside)];
  onTestFinished(async () => {
    await Promise.all([held.close(), records.close()]);
    rmSync(root, { recursive: true });
  });
  return { root, run, held, records, aside: join(aside, asideName('a.bin')) };
}

const identity = (path: string) => identityOf(lstatSync(path, { bigint: true }));

/** Does something right before or after one act. */
const at = (moment: 'before' | 'after', act: string, does: () => void): Faults => ({
  at: (when, which) => (when === moment && which === act ? does() : undefined),
});

function going(path: string): Going {
  const fd = openSync(path, 'r');
  onTestFinished(() => closeSync(fd));
  return { ...identity(path), path: 'a.bin', held: path, still: () => Promise.resolve(), fd };
}

/** As many bytes as before, and another time. */
function rewrite(path: string): void {
  writeFileSync(path, 'new!');
  utimesSync(path, 1, 1);
}

describe('a file that was written to with its size kept', () => {
  it('after it left its name comes back', async () => {
    const { run, records, aside } = await folders();
    const path = join(run, 'a.bin');
    writeFileSync(path, 'old.');

    const reason = await forGood(
      records,
      at('after', 'take', () => rewrite(aside)),
    )(going(path));

    expect(reason).toBe('it was written to meanwhile');
    expect(readFileSync(path, 'utf8')).toBe('new!');
  });

  it.each([
    ['in the moment of its unlink', forGood],
    ['in the moment of its unlink from the trash', (_: HeldFolder, faults: Faults) => fromTrash(faults)],
  ])('%s is back as it was written', async (_, letGo) => {
    const { run, records, aside } = await folders();
    const path = join(run, 'a.bin');
    writeFileSync(path, 'old.');
    const name = letGo === forGood ? aside : path;

    const reason = await letGo(
      records,
      at('before', 'unlink', () => rewrite(name)),
    )(going(path));

    expect(reason).toContain('is back as it was written');
    expect(readFileSync(path, 'utf8')).toBe('new!');
  });
});

describe('between the look at a file and its move', () => {
  const SHA256 = 'proven';

  async function released(meanwhile: (path: string) => void) {
    const { run, held } = await folders();
    const path = join(run, 'a.bin');
    writeFileSync(path, 'old.');
    const proven = { ...identity(path), mtimeNs: '1', path: 'a.bin', sha256: SHA256 };
    const gone: string[] = [];
    const reason = await releaseFile(held, 'a.bin', proven, {
      hash: () => {
        meanwhile(path);
        return Promise.resolve(SHA256);
      },
      letGo: (file) => {
        gone.push(file.path);
        return Promise.resolve(null);
      },
      faults: noFaults,
    });
    return { reason, gone };
  }

  it('a file whose name was given to another stays', async () => {
    const { reason, gone } = await released((path) => {
      renameSync(path, `${path}.old`);
      writeFileSync(path, 'old.');
    });

    expect({ reason, gone }).toEqual({ reason: 'it changed while it was looked at', gone: [] });
  });

  // A rename shows in the open file's ctime, too; a mount over its name does not.
  it.runIf(process.getuid?.() === 0)('a file over whose name another was mounted stays', async () => {
    const { reason, gone } = await released((path) => {
      writeFileSync(`${path}.other`, 'old.');
      execFileSync('mount', ['--bind', `${path}.other`, path]);
      onTestFinished(() => void execFileSync('umount', [path]));
    });

    expect({ reason, gone }).toEqual({ reason: 'it changed while it was looked at', gone: [] });
  });

  it('a file that is written to after its name was looked at stays', async () => {
    const { reason, gone } = await released((path) => {
      // The look at the name is asked for next, and answered by another thread; its answer is taken after this.
      setImmediate(() => {
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);
        writeFileSync(path, 'new!');
      });
    });

    expect({ reason, gone }).toEqual({ reason: 'it changed while it was looked at', gone: [] });
  });

  it('a file that is written to stays', async () => {
    const { reason, gone } = await released((path) => writeFileSync(path, 'new!'));

    expect({ reason, gone }).toEqual({ reason: 'it changed while it was looked at', gone: [] });
  });

  it('a file that nobody touched goes', async () => {
    expect(await released(() => undefined)).toEqual({ reason: null, gone: ['a.bin'] });
  });
});

describe('a name that is taken in the record folder', () => {
  it('of another file is not replaced', async () => {
    const { run, aside } = await folders();
    writeFileSync(join(run, 'a.bin'), 'run');
    writeFileSync(aside, 'foreign');

    const taken = await take(aside, join(run, 'a.bin'), identity(join(run, 'a.bin')));

    expect(taken).toEqual({ at: null, reason: 'another of its name waits in the record folder' });
    expect(readFileSync(join(run, 'a.bin'), 'utf8')).toBe('run');
    expect(readFileSync(aside, 'utf8')).toBe('foreign');
  });

  it('of the same file, left by a move that was cut off, is taken over', async () => {
    const { run, aside } = await folders();
    writeFileSync(join(run, 'a.bin'), 'run');
    linkSync(join(run, 'a.bin'), aside);

    const taken = await take(aside, join(run, 'a.bin'), identity(join(run, 'a.bin')));

    expect(taken.reason).toBeNull();
    expect(readFileSync(aside, 'utf8')).toBe('run');
  });
});

describe('an absent run folder', () => {
  it('was deleted only if the folder above it is on the disk of the run', async () => {
    const { root, run } = await folders();
    const { dev } = identity(run);
    const absent = join(root, 'absent');

    expect(await nothingLeft(absent, dev)).toBe(true);
    expect(await nothingLeft(absent, `${dev}1`)).toBe(false);
    expect(await nothingLeft(join(root, 'none', 'absent'), dev)).toBe(false);
    expect(await nothingLeft(run, dev)).toBe(true);
  });
});

it.runIf(process.platform === 'linux')(
  'a file on tmpfs whose times are the proven ones is read once more right before it goes',
  async () => {
    const root = mkdtempSync('/dev/shm/nas-sync-looks-');
    const held = await HeldFolder.open(root);
    onTestFinished(async () => {
      await held.close();
      rmSync(root, { recursive: true });
    });
    const path = join(root, 'a.bin');
    writeFileSync(path, 'old.');
    const proven = { ...identity(path), path: 'a.bin', sha256: 'of the proven content' };
    const letGo = () => Promise.resolve(null);
    const release = (sha256: string) =>
      releaseFile(held, 'a.bin', proven, { hash: () => Promise.resolve(sha256), letGo, faults: noFaults });

    expect(await release('of another')).toBe('its content is not the proven one');
    expect(await release('of the proven content')).toBeNull();
  },
);
