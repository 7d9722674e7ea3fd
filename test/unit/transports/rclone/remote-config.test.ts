import { expect, it } from 'vitest';
import { hashWay, isAtLeast, versionIn } from '#dist/transports/rclone/backend.js';
import { encodingOf, settingsOf, typeOf } from '#dist/transports/rclone/remote-config.js';
import { rateOf } from '#dist/transports/rclone/remote-control.js';

const PROVIDERS = [
  { Name: 'smb', Options: [{ Name: 'encoding', DefaultStr: 'Slash,Colon,Dot' }] },
  { Name: 'sftp', Options: [{ Name: 'host' }] },
  { Name: 'webdav', Options: [{ Name: 'encoding', DefaultStr: '' }] },
];

it('finds the type behind aliases, and none where they go in circles', () => {
  const dump = {
    nas: { type: 'smb' },
    a: { type: 'alias', remote: 'b:lab' },
    b: { type: 'alias', remote: 'nas:share' },
    c: { type: 'alias', remote: 'c:' },
    here: { type: 'alias', remote: '/mnt/nas' },
  };
  expect(typeOf('a', dump, {})).toMatchObject({ type: 'smb' });
  expect(typeOf('here', dump, {})).toMatchObject({ type: 'local' });
  expect(typeOf('c', dump, {})).toBeNull();
  expect(typeOf('unknown', dump, {})).toBeNull();
});

it('lets the environment go before the file', () => {
  const env = { RCLONE_CONFIG_MY_NAS_TYPE: 'sftp', RCLONE_CONFIG_OTHER_TYPE: 'ftp' };
  expect(settingsOf('my-nas', { 'my-nas': { type: 'smb', host: 'h' } }, env)).toEqual({ type: 'sftp', host: 'h' });
});

it('takes the encoding of the remote, then that of its type', () => {
  expect(encodingOf({ type: 'smb', settings: {} }, PROVIDERS)).toEqual(new Set(['Slash', 'Colon', 'Dot']));
  expect(encodingOf({ type: 'smb', settings: { encoding: 'Slash' } }, PROVIDERS)).toEqual(new Set(['Slash']));
  expect(encodingOf({ type: 'sftp', settings: {} }, PROVIDERS)).toBe('raw');
  expect(encodingOf({ type: 'webdav', settings: { vendor: 'other' } }, PROVIDERS)).toBe('raw');
  expect(encodingOf({ type: 'webdav', settings: { vendor: 'sharepoint-ntlm' } }, PROVIDERS)).toContain('Hash');
  expect(() => encodingOf({ type: 'smb', settings: { encoding: 'Strange' } }, PROVIDERS)).toThrow('Strange');
});

it('takes the best hash of the server, reads back where there is none or it is too weak', () => {
  const sftp = { type: 'sftp', settings: {} };
  expect(hashWay(sftp, ['md5', 'sha1', 'sha256'], true)).toEqual({ name: 'sha256', by: 'server' });
  expect(hashWay(sftp, ['md5', 'sha1'], false)).toEqual({ name: 'sha1', by: 'server' });
  expect(hashWay(sftp, ['md5'], false)).toEqual({ name: 'md5', by: 'server' });
  expect(hashWay(sftp, ['md5', 'sha1'], true)).toEqual({ name: 'sha256', by: 'download' });
  expect(hashWay(sftp, ['crc32'], false)).toEqual({ name: 'sha256', by: 'download' });
  expect(hashWay({ type: 'local', settings: {} }, ['sha256'], false)).toEqual({ name: 'sha256', by: 'disk' });
});

it('reads versions', () => {
  expect(versionIn('rclone v1.60.1-DEV\n- os')).toEqual([1, 60]);
  expect(isAtLeast({ version: [1, 60] }, 63)).toBe(false);
  expect(isAtLeast({ version: [1, 66] }, 66)).toBe(true);
  expect(isAtLeast({ version: [2, 0] }, 66)).toBe(true);
});

it('never rounds a cap to none', () => {
  expect(rateOf(null)).toBe('off');
  expect(rateOf(0.0001)).toBe('1B');
  expect(rateOf(122.07)).toBe('125000B');
});
