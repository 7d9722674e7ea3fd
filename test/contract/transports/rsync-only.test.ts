import { holdRsyncToContract } from './rsync.js';

holdRsyncToContract('rsync-only');
