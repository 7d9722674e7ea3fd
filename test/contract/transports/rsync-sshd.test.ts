import { holdRsyncToContract } from './rsync.js';

holdRsyncToContract('gnu');
