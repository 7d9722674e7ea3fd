import { isComputedOnServer } from '#dist/transports/rclone/server-hash.js';
import { expect, it } from 'vitest';

const ofSftp = (settings: Record<string, string> = {}) => isComputedOnServer({ type: 'sftp', settings }, 'md5');

it('trusts a hash only of the remote that computes it when asked', () => {
  expect(ofSftp()).toBe(true);
  expect(ofSftp({ shell_type: 'unix', md5sum_command: 'md5sum' })).toBe(true);
  const others = ['webdav', 's3', 'b2', 'azureblob', 'drive', 'swift', 'http', 'hasher', 'union', 'of tomorrow'];
  for (const type of others) expect(isComputedOnServer({ type, settings: {} }, 'sha256'), type).toBe(false);
});

it('trusts no hash of a server whose command, path or program somebody has set', () => {
  expect(ofSftp({ md5sum_command: 'echo d41d8cd98f00b204e9800998ecf8427e' })).toBe(false);
  expect(ofSftp({ md5sum_command: 'md5sum /etc/hostname #' })).toBe(false);
  expect(ofSftp({ sha1sum_command: 'echo' })).toBe(true);
  expect(ofSftp({ shell_type: 'none' })).toBe(false);
  expect(ofSftp({ path_override: '/other' })).toBe(false);
  expect(ofSftp({ ssh: '/tmp/my-ssh' })).toBe(false);
  expect(ofSftp({ server_command: 'my-server' })).toBe(false);
});
