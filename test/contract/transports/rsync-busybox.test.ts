import { holdRsyncToContract } from './rsync.js';

holdRsyncToContract('busybox');
