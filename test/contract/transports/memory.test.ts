import { MemoryTransport } from 'nas-sync/testing';
import { holdToContract } from './hold.js';

// It stands for the NAS as well as for the way there: one that is closed serves the next client.
holdToContract(async () => ({ transport: new MemoryTransport(), dispose: async () => undefined }), {
  except: ['nothing is answered once it is closed'],
});
