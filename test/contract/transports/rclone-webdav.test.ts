import { WebdavServer } from '../../support/servers/webdav-server.js';
import { holdRcloneToContract, LINE_BREAKS } from './rclone.js';

holdRcloneToContract(async () => {
  const server = await WebdavServer.start();
  return {
    remote: 'webdav',
    path: '',
    remotes: { webdav: server },
    onServer: server.folder,
    stop: () => server.stop(),
  };
}, ['tab', ...LINE_BREAKS]);
