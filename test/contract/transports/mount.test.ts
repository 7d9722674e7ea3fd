import { MountTransport } from '#dist/transports/mount/mount-transport.js';
import { freshDisk, holdToContract } from './hold.js';

holdToContract(async () => {
  const { path, remove } = await freshDisk();
  return { transport: new MountTransport({ path, timeoutSeconds: 30 }), onServer: path, dispose: remove };
});
