import { SshServer } from '../../support/servers/ssh-server.js';
import { serverForAll } from './hold.js';
import { holdRcloneToContract, LINE_BREAKS } from './rclone.js';

const fresh = serverForAll(() => SshServer.start());

holdRcloneToContract(async () => {
  const { server, share } = await fresh();
  // OpenSSH's sftp-server passes over a name that it cannot stat.
  return { remote: 'sftp', path: share.disk, remotes: { sftp: server }, onServer: share.disk, listsInFull: false };
}, ['tab', ...LINE_BREAKS]);
