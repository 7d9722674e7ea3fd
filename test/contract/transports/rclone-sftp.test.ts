import { SshServer } from '../../support/servers/ssh-server.js';
import { holdRcloneToContract, LINE_BREAKS } from './rclone.js';

holdRcloneToContract(async () => {
  const server = await SshServer.start();
  const { folder } = server;
  return { remote: 'sftp', path: folder, remotes: { sftp: server }, onServer: folder, stop: () => server.stop() };
}, ['tab', ...LINE_BREAKS]);
