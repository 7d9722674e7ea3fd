import { freshDisk } from './hold.js';
import { holdRcloneToContract, LINE_BREAKS } from './rclone.js';

holdRcloneToContract(async () => {
  const { path, remove } = await freshDisk();
  return { remote: 'local', path, remotes: {}, onServer: path, remove };
}, [...LINE_BREAKS]);
