/** One run, from enqueue to verified, in a process of its own; prints the seconds that it took. */
import { NasSyncClient } from 'nas-sync';

const { config, database, run } = JSON.parse(process.argv[2]);
const client = new NasSyncClient({ config, database });
await client.init();
const began = performance.now();
const { jobId } = await client.enqueue(run);
await client.waitFor(jobId, 'verified');
console.log((performance.now() - began) / 1000);
await client.close();
