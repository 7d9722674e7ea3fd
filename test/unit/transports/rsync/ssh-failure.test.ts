import { expect, it } from 'vitest';
import { sshFailure } from '#dist/transports/rsync/ssh-failure.js';
import { told } from './tool-results.js';

const failure = (...lines: string[]) => sshFailure('me@nas', lines, told(255, ...lines).run);

it.each([
  ['host_key', 'WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!', 'another host key'],
  ['host_key', 'No ED25519 host key is known for [nas]:22 and you have requested strict checking.', 'not on record'],
  ['host_key', 'Host key verification failed.', 'not on record'],
  ['auth', 'me@nas: Permission denied (publickey).', 'authorized_keys'],
  ['auth', 'me@nas: Permission denied (publickey,keyboard-interactive).', 'authorized_keys'],
  ['auth', 'Received disconnect from 10.0.0.1 port 22:2: Too many authentication failures', 'authorized_keys'],
  ['not_configured', 'Load key "/k": invalid format', 'ssh_key_path'],
  ['not_configured', 'WARNING: UNPROTECTED PRIVATE KEY FILE!', 'permissions (600)'],
  ['not_configured', 'Bad owner or permissions on /root/.ssh/config', 'ssh configuration'],
  ['not_configured', '/root/.ssh/config: line 3: Bad configuration option: foo', 'ssh configuration'],
  ['timeout', 'ssh: connect to host nas port 22: Connection timed out', 'is it up'],
  ['timeout', 'Timeout, server nas not responding.', 'is it up'],
  ['network', 'ssh: Could not resolve hostname nas: Name or service not known', 'DNS'],
  ['network', 'ssh: connect to host nas port 22: Connection refused', 'tried again'],
  ['network', 'ssh: connect to host nas port 22: No route to host', 'tried again'],
  ['network', 'Connection to nas closed by remote host.', 'failed or was cut'],
  ['network', 'kex_exchange_identification: read: Connection reset by peer', 'tried again'],
  ['network', 'mux_client_request_session: session request failed: Session open refused by peer', 'tried again'],
  ['network', 'something that nobody has heard of', 'something that nobody has heard of'],
] as const)('is %s where ssh says %j', (kind, line, fix) => {
  const error = failure("Warning: Permanently added 'nas' to the list of known hosts.", line);
  expect(error).toMatchObject({ code: kind, tool: { exitCode: 255 } });
  expect(error.message).toContain(fix);
});

it('tells a changed key from an unknown one, though ssh ends with the same words', () => {
  const error = failure('@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @', 'Host key verification failed.');
  expect(error.message).toContain('somebody stands in between');
});

it('blames a key that cannot be used, and not the server that was shown none', () => {
  const error = failure('Load key "/k": error in libcrypto', 'me@nas: Permission denied (publickey).');
  expect(error.code).toBe('not_configured');
});

it('says so where ssh says nothing', () => {
  expect(failure()).toMatchObject({ code: 'network', message: expect.stringContaining('it gave no reason') });
});
