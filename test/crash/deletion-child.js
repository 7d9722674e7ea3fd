// A process of its own that works on one queue until nothing is due, or ends itself by a signal at a moment of a deletion.
import { NasSyncClient } from 'nas-sync';
import { SimulatedClock } from 'nas-sync/testing';

const { config, database, at, hours, kill, count } = JSON.parse(process.argv[2]);

const seen = {};
const faults = {
  at(moment, act) {
    const name = `${moment} ${act}`;
    seen[name] = (seen[name] ?? 0) + 1;
    if (kill?.moment !== name || kill.nth !== seen[name]) return;
    process.kill(process.pid, kill.signal ?? 'SIGKILL');
  },
};

const clock = at === null ? undefined : new SimulatedClock(at);
const client = new NasSyncClient({ config, database, faults, ...(clock && { clock }) });
await client.init();
await client.idle();
if (hours > 0) await clock.advance(hours * 3_600_000, () => client.idle());
const jobs = await client.jobs();
await client.close();
process.stdout.write(JSON.stringify({ jobs, ...(count && { seen }) }));
