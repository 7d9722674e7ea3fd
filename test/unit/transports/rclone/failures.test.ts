import { NasSyncError } from 'nas-sync';
import { expect, it } from 'vitest';
import { SourceChanged } from '#dist/errors.js';
import { failureOf, isMissing } from '#dist/transports/rclone/failures.js';
import { readLogLine } from '#dist/transports/rclone/log.js';
import type { Outcome } from '#dist/transports/rclone/rclone.js';

const failed = (message: string, { object = 'a.bin', exitCode = 1 } = {}): Outcome => ({
  run: { tool: 'rclone', command: 'rclone copy', exitCode, signal: null, ms: 1, tail: [] },
  complaints: [{ level: 'error', message, object, stats: null }],
  stats: null,
});
const where = { place: 'rclone:nas:lab', paths: ['nas:lab', '/data/run'] };
const kindOf = (message: string, options?: { object?: string; exitCode?: number }): string => {
  const error = failureOf(failed(message, options), where);
  return error instanceof NasSyncError ? error.code : error.constructor.name;
};

/** As rclone 1.60 words them, against real servers. */
const MEASURED: readonly [string, string][] = [
  ['not_configured', 'Failed to create file system for "nope:x": didn\'t find section in config file'],
  [
    'auth',
    "NewFs: couldn't connect SSH: ssh: handshake failed: ssh: unable to authenticate, attempted methods [none publickey], no supported methods remain",
  ],
  ['host_key', "NewFs: couldn't connect SSH: ssh: handshake failed: knownhosts: key mismatch"],
  ['host_key', "NewFs: couldn't connect SSH: ssh: handshake failed: knownhosts: key is unknown"],
  ['network', "NewFs: couldn't connect SSH: dial tcp 127.0.0.1:9: connect: connection refused"],
  [
    'network',
    'error listing: couldn\'t list files: Propfind "http://no.such.invalid:9/": dial tcp: lookup no.such.invalid on 10.0.0.1:53: no such host',
  ],
  ['auth', "error listing: couldn't list files: Unauthorized: 401 Unauthorized"],
  [
    'auth',
    "couldn't connect SMB: response error: The attempted logon is invalid. This is either due to a bad username or authentication information.",
  ],
  [
    'network',
    "couldn't initialize SMB: response error: {Network Name Not Found} The specified share name cannot be found on the remote server.",
  ],
  [
    'target_full',
    'Failed to copy: Update ReadFrom failed: write full\\a.bin: response error: An operation failed because the disk was full.',
  ],
  ['target_full', 'Failed to copy: preallocate: file too big for remaining disk space'],
  ['target_full', 'Failed to copy: Insufficient Storage: 507 Insufficient Storage'],
  ['auth', 'Failed to copy: open /nas/a.bin: read-only file system'],
  [
    'auth',
    'mkdir full\\sub: response error: {Write Protect Error} The disk cannot be written to because it is write-protected. Remove the write protection from the volume %hs in drive %hs.',
  ],
  ['auth', 'Failed to copy: Update Create failed: sftp: "Permission denied" (SSH_FX_PERMISSION_DENIED)'],
  ['target_conflict', 'Failed to copy: Put mkParentDir failed: mkdir dirExists failed: is a file not a directory'],
  ['timeout', "couldn't connect SSH: dial tcp 10.1.1.1:22: i/o timeout"],
  ['network', 'Failed to copy: Update ReadFrom failed: connection lost'],
  ['source_invalid', 'Failed to copy: failed to open source object: open /data/run/a.bin: permission denied'],
  [
    'local_file_vanished',
    'Failed to copy: failed to open source object: open /data/run/a.bin: no such file or directory',
  ],
  ['unknown', 'Failed to copy: Update ReadFrom failed: sftp: "Failure" (SSH_FX_FAILURE)'],
];

it.each(MEASURED)('%s: %s', (kind, message) => {
  expect(kindOf(message)).toBe(kind);
});

it('takes a file that is written to for a run that is not at rest', () => {
  const message = "Failed to copy: can't copy - source file is being updated (size changed from 1 to 2)";
  expect(failureOf(failed(message), where)).toBeInstanceOf(SourceChanged);
});

it.each([
  'permission denied.txt',
  'a: permission denied',
  'read-only file system',
  'x: no space left on device',
  '403 Forbidden',
])('reads nothing into a file called %s', (object) => {
  expect(kindOf(`Failed to copy: something odd about ${object}`, { object })).toBe('unknown');
  expect(kindOf(`Failed to copy: open /data/run/${object}: connection refused`, { object })).toBe('network');
});

it('calls what more tries might fix network, where it knows no more', () => {
  expect(kindOf('something odd', { exitCode: 5 })).toBe('network');
  expect(kindOf('something odd', { exitCode: 7 })).toBe('unknown');
});

it('says what, where and what to do in one line, and keeps how the tool went', () => {
  const error = failureOf(failed('Failed to copy: 401 Unauthorized', { object: 'a\nb' }), where);

  expect(error).toMatchObject({
    message: expect.stringMatching(/^a\\nb: .*fix .* \(rclone: .*401 Unauthorized\)$/u),
    tool: { tool: 'rclone', exitCode: 1 },
  });
});

it('tells a place that is not there from a failure on the way to it', () => {
  expect(isMissing(failed('error listing: directory not found', { exitCode: 3 }))).toBe(true);
  expect(isMissing(failed('connection refused', { exitCode: 3 }))).toBe(false);
  expect(isMissing(failed('error listing: directory not found', { exitCode: 1 }))).toBe(false);
});

it('reads lines of the log in both shapes, and hostile ones as text', () => {
  expect(readLogLine('{"level":"error","msg":"Failed: x","object":"a"}')).toMatchObject({
    level: 'error',
    object: 'a',
  });
  expect(readLogLine('2026/11/22 13:43:30 Failed to lsjson: x')).toMatchObject({
    level: 'error',
    message: 'Failed to lsjson: x',
  });
  expect(readLogLine('2026/11/22 13:43:30 NOTICE: hello')).toMatchObject({ level: 'notice', message: 'hello' });
  expect(readLogLine('{"level":5,"stats":{"bytes":"many","transferring":[null]}}')).toMatchObject({
    level: 'info',
    stats: { bytes: 0, transfers: 0, current: null },
  });
  expect(readLogLine('{half')).toMatchObject({ level: 'error', message: '{half' });
});

it.each([
  'failed to get hash sha1 from backend: failed to calculate sha1 hash: path is not valid in shell type cmd: /disk/Run_1/b"c',
  'failed to get hash sha1 from backend: failed to calculate sha1 hash: failed to run "sha1sum \\"/disk/Run_1/$HOME\\"": sha1sum: /disk/Run_1//home: No such file or directory: Process exited with status 1',
])('a hash that fails of the shell for which rclone takes that of the account names shell_type: %s', (message) => {
  expect(failureOf(failed(message), where).message).toContain("set shell_type in the remote's configuration: unix");
});
