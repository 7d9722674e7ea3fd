import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import {
  NasSyncError,
  type ConfigInput,
  type DoctorCheck,
  type DoctorReport,
  type TargetListing,
  type Transport,
} from 'nas-sync';
import { MemoryTransport } from 'nas-sync/testing';
import { MountTransport } from '#dist/transports/mount/mount-transport.js';
import { expect, it } from 'vitest';
import { broken } from '../../contract/transports/broken.js';
import { Lab, listing } from '../../support/lab.js';

const TOKEN = '.nas-sync-target.json';

const failed = ({ checks }: DoctorReport): string[] => checks.filter((check) => !check.ok).map(({ name }) => name);

const canaryChecks = ({ checks }: DoctorReport): string[] =>
  checks.map(({ name }) => name).filter((name) => name.startsWith('canary_'));

function found(report: DoctorReport, name: string): DoctorCheck {
  const check = report.checks.find((one) => one.name === name);
  if (check === undefined) throw new Error(`there is no check ${name}`);
  return check;
}

const mountOf = (lab: Lab): MountTransport => new MountTransport({ path: lab.nas, timeoutSeconds: 10 });

/** Examines a lab whose way to the NAS is broken so. */
const examined = (lab: Lab, how: (real: Transport) => Partial<Transport>, config: Partial<ConfigInput> = {}) => {
  const real = mountOf(lab);
  const transport = broken(real, how(real));
  return lab.open({ transport, config: { ...lab.config, ...config } }).doctor();
};

it('names a local root that is not there, and goes on with the target', async () => {
  const lab = new Lab();
  rmSync(lab.local, { recursive: true });
  const report = await lab.client.doctor();
  expect(failed(report)).toEqual(['local_root']);
  expect(found(report, 'local_root').fix).toContain('fix local_root');
});

it('names a share that is away, what to do, and what could not be looked at', async () => {
  const lab = new Lab();
  rmSync(lab.nas, { recursive: true });
  const report = await lab.client.doctor();
  expect(failed(report)).toEqual(['share_mounted', 'reachable']);
  const { detail, fix } = found(report, 'reachable');
  expect(detail).toMatch(/there is no folder .*left out because of it: identity_token, .*deletion_refused/);
  expect(fix).toContain('mount the share');
  expect(report.checks.at(-1)?.name).toBe('reachable');
});

it('writes nothing to a share that lost its token', async () => {
  const lab = new Lab();
  await lab.sync(await lab.makeRun({ 'a.txt': 'a' }));
  await rename(lab.nas, lab.at('away'));
  mkdirSync(lab.nas);
  const report = await lab.client.doctor();
  expect(failed(report)).toEqual(['identity_token']);
  expect(found(report, 'identity_token').detail).toMatch(/lacks the identity token.*left out.*canary_written/);
  expect(canaryChecks(report)).toEqual([]);
  expect(listing(lab.nas)).toEqual([]);
});

it('writes nothing to another share', async () => {
  const lab = new Lab();
  await lab.sync(await lab.makeRun({ 'a.txt': 'a' }));
  await rename(lab.nas, lab.at('away'));
  mkdirSync(lab.nas);
  writeFileSync(`${lab.nas}/${TOKEN}`, JSON.stringify({ token: 'that of another share' }));
  const report = await lab.client.doctor();
  expect(failed(report)).toEqual(['identity_token']);
  expect(found(report, 'identity_token')).toMatchObject({
    detail: expect.stringContaining('another target'),
    fix: expect.stringContaining('mount the right share'),
  });
  expect(canaryChecks(report)).toEqual([]);
  expect(listing(lab.nas)).toEqual([TOKEN]);
});

it('names a target that lies in the local root', async () => {
  const lab = new Lab({ nas: 'local/nas' });
  const report = await lab.client.doctor();
  expect(failed(report)).toEqual(['apart']);
});

it('names a target that has not the room for what is queued', async () => {
  const lab = new Lab();
  const run = await lab.makeRun({ 'a.bin': Buffer.alloc(10_000) });
  const transport = broken(mountOf(lab), { probe: async () => ({ token: null, freeBytes: 5000 }) });
  const client = lab.open({ transport, drive: 'none' });
  await client.enqueue(run);
  const report = await client.doctor();
  expect(failed(report)).toEqual(['free_space']);
  expect(found(report, 'free_space').detail).toBe('4.9 KiB free; the queue needs 9.8 KiB for 1 run');
});

it('advises where little room is left', async () => {
  const report = await examined(new Lab(), () => ({ probe: async () => ({ token: null, freeBytes: 1000 }) }));
  expect(found(report, 'free_space')).toMatchObject({ ok: true, fix: expect.stringContaining('make room') });
});

it('takes a target that does not tell its room', async () => {
  const report = await examined(new Lab(), () => ({ probe: async () => ({ token: null, freeBytes: null }) }));
  expect(found(report, 'free_space')).toMatchObject({ ok: true, detail: 'the target does not tell', fix: null });
});

it('shows that a target that hides damage would let a damaged copy be proven', async () => {
  const report = await examined(new Lab(), (real) => {
    let remembered: Promise<TargetListing> | null = null;
    let removed = false;
    return {
      hash: (request) => (removed ? real.hash(request) : (remembered ??= real.hash(request))),
      removeCanary: (...args) => {
        // The local root is compared with the target before, by a canary of its own.
        removed = remembered !== null;
        return real.removeCanary(...args);
      },
    };
  });
  expect(failed(report)).toEqual(['damage_found', 'deletion_refused']);
  expect(found(report, 'damage_found').detail).toContain('found nothing');
});

it('names what a target did to the names of the canary', async () => {
  const report = await examined(new Lab(), (real) => ({
    hash: async (request) => {
      const listing = await real.hash(request);
      return { ...listing, files: listing.files.map((file) => ({ ...file, path: file.path.replace('µ', 'μ') })) };
    },
  }));
  expect(failed(report)).toEqual(['canary_verified']);
  expect(found(report, 'canary_verified').detail).toMatch(
    /missing: .*µm.*only on the target: .*left out.*damage_found/,
  );
});

it('says when no deletion could ever rest on the evidence of the transport', async () => {
  const weak = (real: Transport): Partial<Transport> => ({
    hash: async (request) => ({ ...(await real.hash(request)), evidence: 'cached-read' }),
  });
  const report = await examined(new Lab(), weak);
  expect(failed(report)).toEqual(['hash_support']);
  expect(found(report, 'hash_support').fix).toContain('nas_cleanup.min_evidence: cached-read');
  const off = await examined(new Lab(), weak, { nasCleanup: { enabled: false } });
  expect(failed(off)).toEqual([]);
});

it('names files that come back as others', async () => {
  const report = await examined(new Lab(), (real) => ({
    fetch: async (request) => {
      const result = await real.fetch(request);
      writeFileSync(`${request.into}/-rf.txt`, 'not it');
      return result;
    },
  }));
  expect(failed(report)).toEqual(['canary_fetched']);
  expect(found(report, 'canary_fetched').detail).toContain('-rf.txt');
});

it('names a push that fails, and removes what arrived', async () => {
  const lab = new Lab();
  const report = await examined(lab, (real) => ({
    push: async (request) => {
      await real.push(request);
      throw new Error('the connection broke');
    },
  }));
  expect(failed(report)).toEqual(['canary_written']);
  expect(found(report, 'canary_written')).toMatchObject({
    detail: expect.stringMatching(/the connection broke \(left out because of it: canary_verified, /),
    fix: expect.any(String),
  });
  expect(canaryChecks(report)).toEqual(['canary_written', 'canary_removed']);
  expect(report.checks.at(-1)).toMatchObject({ name: 'canary_removed', ok: true });
  expect(listing(lab.nas)).toEqual([]);
});

it('takes a target that refuses empty folders by name, and says so', async () => {
  const report = await examined(new Lab(), (real) => ({
    push: async (request) => {
      const empty = request.entries.find(({ path }) => path === 'empty folder');
      if (empty !== undefined) throw new NasSyncError('source_invalid', `"${empty.path}" is an empty folder`);
      return real.push(request);
    },
  }));
  expect(failed(report)).toEqual([]);
  expect(found(report, 'canary_written').detail).toContain('an empty folder would be refused');
});

it('names a canary that could not be removed, and where it is', async () => {
  const lab = new Lab();
  const report = await examined(lab, () => ({ removeCanary: () => Promise.reject(new Error('read-only by now')) }));
  expect(failed(report)).toEqual(['canary_removed']);
  // The comparison with the local root has left a canary of its own.
  const folders = listing(lab.nas).filter((path) => /^[^/]+\/$/u.test(path));
  const ways = folders.map((folder) => `remove mount:${lab.nas}/${folder.slice(0, -1)} by hand`);
  expect(ways).toContain(found(report, 'canary_removed').fix);
});

it('names a canary that is there still after its removal', async () => {
  const report = await examined(new Lab(), () => ({ removeCanary: async () => undefined }));
  expect(failed(report)).toEqual(['canary_removed']);
  expect(found(report, 'canary_removed').detail).toMatch(/still holds \d+ entries/);
});

it("shows the transport's own lines, and one for a transport that has none to say", async () => {
  const line = { name: 'rclone_version', ok: false, detail: 'v1.2', fix: 'update it' };
  expect(found(await examined(new Lab(), () => ({ examine: async () => [line] })), 'rclone_version')).toMatchObject(
    line,
  );
  const report = await examined(new Lab(), () => ({ examine: () => Promise.reject(new Error('no tool')) }));
  expect(failed(report)).toEqual(['transport']);
});

it('measures no clock where no share is mounted', async () => {
  const lab = new Lab();
  const report = await lab.open({ transport: new MemoryTransport() }).doctor();
  expect(failed(report)).toEqual([]);
  expect(report.checks.map(({ name }) => name)).not.toContain('canary_clock');
});

it('names a clock that is far from ours', async () => {
  const lab = new Lab();
  const clock = {
    now: () => Date.now() + 3_600_000,
    monotonic: () => performance.now(),
    setTimer: () => () => undefined,
  };
  const report = await lab.open({ clock, drive: 'none' }).doctor();
  expect(failed(report)).toEqual(['canary_clock']);
  expect(found(report, 'canary_clock').detail).toContain('3600 s behind');
});

it('names a queue that cannot be opened, and looks at nothing that needs it', async () => {
  const lab = new Lab();
  writeFileSync(lab.at('broken.db'), 'no database at all'.repeat(100));
  const report = await lab.open({ database: lab.at('broken.db'), drive: 'none' }).doctor();
  expect(failed(report)).toEqual(['database']);
  expect(found(report, 'database').detail).toMatch(/broken\.db.*left out because of it: every check of an equipment/);
});

it('names a configuration without equipment', async () => {
  const report = await new Lab().open({ config: { equipment: [] } }).doctor();
  expect(failed(report)).toEqual(['equipment']);
});
