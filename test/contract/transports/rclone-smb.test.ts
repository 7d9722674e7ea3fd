import type { OddName } from 'nas-sync/testing';
import { SmbServer } from '../../support/servers/smb-server.js';
import { serverForAll } from './hold.js';
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

const fresh = serverForAll(() => SmbServer.start());

holdRcloneToContract(async () => {
  const { server, share } = await fresh();
  const path = `${server.share}/${share.name}`;
  return { remote: 'smb', path, remotes: { smb: server }, onServer: share.disk };
}, NOT_ON_SMB);
