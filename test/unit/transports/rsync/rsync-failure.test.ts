import { describe, expect, it } from 'vitest';
import { SourceChanged } from '#dist/errors.js';
import { rsyncFailure } from '#dist/transports/rsync/rsync-failure.js';
import { told } from './tool-results.js';

const pushed = (exit: number, ...lines: string[]) => rsyncFailure(told(exit, ...lines), 'me@nas', 'push');
const fetched = (exit: number, ...lines: string[]) => rsyncFailure(told(exit, ...lines), 'me@nas', 'fetch');
const LAST = 'rsync error: some files/attrs were not transferred (code 23) at main.c(1338) [sender=3.2.7]';

describe('on the server', () => {
  it.each([
    ['target_full', 11, 'rsync: [receiver] write failed on "/nas/a": No space left on device (28)'],
    ['target_full', 23, 'rsync: [receiver] mkstemp "/nas/a" failed: Disk quota exceeded (122)'],
    ['auth', 23, 'rsync: [receiver] mkstemp "/nas/.a.Xy12ab" failed: Read-only file system (30)'],
    ['auth', 23, 'rsync: [receiver] mkstemp "/nas/.a.Xy12ab" failed: Permission denied (13)'],
    ['auth', 23, 'rsync: [receiver] rename "/nas/.a.Xy12ab" -> "a": Operation not permitted (1)'],
    ['auth', 3, 'rsync: [Receiver] mkdir "/nas/a" failed: Permission denied (13)'],
    ['target_conflict', 23, 'rsync: [generator] recv_generator: mkdir "/nas/a" failed: Not a directory (20)'],
    ['network', 23, 'rsync: [receiver] read errors mapping "/nas/a": Input/output error (5)'],
    ['network', 3, 'rsync: [Receiver] change_dir#1 "/nas" failed: No such file or directory (2)'],
  ] as const)('is %s with exit code %i and %j', (kind, exit, line) => {
    expect(pushed(exit, line, LAST)).toMatchObject({ code: kind, tool: { exitCode: exit } });
  });
});

describe('on this machine', () => {
  const OPEN = 'rsync: [sender] send_files failed to open "/run/a"';

  it.each([
    ['source_invalid', `${OPEN}: Permission denied (13)`],
    ['local_file_vanished', `${OPEN}: No such file or directory (2)`],
    ['unknown', `${OPEN}: Input/output error (5)`],
    ['local_file_vanished', 'rsync: [sender] link_stat "/run/a" failed: No such file or directory (2)'],
  ] as const)('is %s for %j', (kind, line) => {
    const error = pushed(23, line, LAST);
    expect(error).toMatchObject({ code: kind });
    expect(error!.message).toContain('/run/a');
  });

  it('puts the job off where a folder became something else', () => {
    expect(pushed(23, `${OPEN}: Not a directory (20)`)).toBeInstanceOf(SourceChanged);
  });

  it('knows a file that vanished by exit code 24, and by the words that come with 23', () => {
    const line = 'file has vanished: "/run/a"';
    for (const exit of [24, 23]) expect(pushed(exit, line)).toMatchObject({ code: 'local_file_vanished' });
    expect(pushed(24, line)!.message).toContain('/run/a disappeared');
  });

  it('takes the receiver for this machine, where files are brought back', () => {
    expect(fetched(23, 'rsync: [receiver] mkstemp "/back/a" failed: Permission denied (13)')!.message).toContain(
      'here',
    );
    expect(fetched(23, 'rsync: [sender] send_files failed to open "/nas/a": Permission denied (13)')).toMatchObject({
      code: 'auth',
    });
  });
});

describe('whatever a file is called', () => {
  it.each([
    ['permission denied.txt', 'No such file or directory (2)', 'local_file_vanished'],
    ['x": Permission denied (13)', 'No such file or directory (2)', 'local_file_vanished'],
    ['a: No space left on device', 'Permission denied (13)', 'source_invalid'],
    [String.raw`a\#012rsync: [receiver] b: Read-only file system (30)`, 'Permission denied (13)', 'source_invalid'],
    ['rsync: command not found', 'Permission denied (13)', 'source_invalid'],
    ['say "so"', 'Permission denied (13)', 'source_invalid'],
  ] as const)('%j with %j is %s', (name, reason, kind) => {
    const error = pushed(23, `rsync: [sender] send_files failed to open "/run/${name}": ${reason}`, LAST);
    expect(error).toMatchObject({ code: kind });
    expect(error!.message).toContain(name);
  });

  it('a name in a message without a system error means nothing', () => {
    const error = pushed(23, 'skipping non-regular file "a: Permission denied (13)"', LAST);
    expect(error).toMatchObject({ code: 'unknown' });
  });

  it('a vanished file called like an error is a vanished file', () => {
    expect(pushed(24, 'file has vanished: "/run/rsync error: Permission denied (13)"')).toMatchObject({
      code: 'local_file_vanished',
    });
  });
});

describe('by the exit code alone', () => {
  it.each([
    ['timeout', 30, 'rsync error: timeout in data send/receive (code 30) at io.c(200) [sender=3.2.7]'],
    ['timeout', 35, 'rsync error: timeout waiting for daemon connection (code 35)'],
    ['network', 12, 'rsync: connection unexpectedly closed (0 bytes received so far) [sender]'],
    ['network', 10, 'rsync error: error in socket IO (code 10)'],
    ['network', 255, 'rsync error: unexplained error (code 255) at io.c(231) [sender=3.2.7]'],
    ['tool_missing', 127, 'sh: rsync: not found'],
    ['tool_missing', 12, 'sh: 1: exec: rsync: not found'],
    ['tool_missing', 127, 'bash: line 1: rsync: command not found'],
    ['unknown', 2, 'rsync error: protocol incompatibility (code 2)'],
  ] as const)('is %s with %i', (kind, exit, line) => {
    expect(pushed(exit, line)).toMatchObject({ code: kind });
  });

  it('a full disk is one, though the connection broke over it', () => {
    const full = 'rsync: [receiver] write failed on "/nas/a": No space left on device (28)';
    expect(pushed(12, full)).toMatchObject({ code: 'target_full' });
  });

  it('a system error of a connection that broke says nothing of a file', () => {
    expect(pushed(12, 'rsync: [sender] write error: Broken pipe (32)')).toMatchObject({ code: 'network' });
  });
});

it('forgives what was about times and permissions only', () => {
  const dress = 'rsync: [receiver] failed to set times on "/nas/a": Operation not permitted (1)';
  expect(pushed(23, dress, LAST)).toBeNull();
  expect(pushed(23, 'rsync: [generator] chown "/nas/a" failed: Operation not permitted (1)', LAST)).toBeNull();
  expect(pushed(23, dress, 'rsync: [receiver] mkstemp "/nas/b" failed: Permission denied (13)')).not.toBeNull();
  expect(pushed(23, LAST)).not.toBeNull();
});

it('passes on what an account that lets only rsync through has against it', () => {
  const refused = '/usr/bin/rrsync error: option -e has been disabled on this server.';
  expect(pushed(12, refused)).toMatchObject({ code: 'not_configured', message: expect.stringContaining('disabled') });
  const gone = '/usr/bin/rrsync error: Failed to chdir to /nas: No such file or directory';
  expect(pushed(12, gone)).toMatchObject({ code: 'network' });
});

it('takes an account that is in use for a moment, and not for one that is wrong', () => {
  const busy = '/usr/bin/rrsync error: Another instance of rrsync is already accessing this directory.';
  expect(pushed(12, busy)).toMatchObject({ code: 'network' });
});
