import { WebdavServer } from '../../support/servers/webdav-server.js';
import { serverForAll } from './hold.js';
import { holdRcloneToContract, LINE_BREAKS } from './rclone.js';

const fresh = serverForAll(() => WebdavServer.start());

holdRcloneToContract(async () => {
  const { server, share } = await fresh();
  // rclone's own WebDAV server shows a folder that it cannot open as an empty one.
  return { remote: 'webdav', path: share.name, remotes: { webdav: server }, onServer: share.disk, listsInFull: false };
}, ['tab', ...LINE_BREAKS]);
