import { MemoryTransport } from 'nas-sync/testing';
import { holdToContract } from './hold.js';

holdToContract(async () => ({ transport: new MemoryTransport(), dispose: async () => undefined }));
