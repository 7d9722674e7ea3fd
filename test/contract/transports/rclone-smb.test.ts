import type { OddName } from 'nas-sync/testing';
import { SmbServer } from '../../support/servers/smb-server.js';
import { holdRcloneToContract, LINE_BREAKS } from './rclone.js';

/** Characters that Windows gives another meaning, and ends that it takes away; rclone would write others for them. */
const NOT_ON_SMB: readonly OddName[] = [
  ...LINE_BREAKS,
  'tab',
  'a space behind',
  'only a space',
  'three dots',
  'backslash',
  'what looks like an escaped newline',
  'what looks like a byte',
  'double quote',
  'an asterisk',
  'a question mark and brackets',
];

holdRcloneToContract(async () => {
  const server = await SmbServer.start();
  const { share, folder } = server;
  return { remote: 'smb', path: share, remotes: { smb: server }, onServer: folder, stop: () => server.stop() };
}, NOT_ON_SMB);
