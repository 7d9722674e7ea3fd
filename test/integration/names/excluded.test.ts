import { existsSync, readFileSync } from 'node:fs';
import type { ConfigInput } from 'nas-sync';
import { describe, expect, it } from 'vitest';
import { fill, Lab, listing } from '../../support/lab.js';

const TREE = { 'a.raw': 'a', 'a.tmp': 't', 'scratch/x/y.bin': 'y', 'd/b.raw': 'b', 'd/scratch/z': 'z' };
const EXCLUDE = ['*.tmp', 'scratch'];
/** What these exclude of the tree, and the folders that hold it. */
const KEPT = ['a.tmp', 'd/', 'd/scratch/', 'd/scratch/z', 'scratch/', 'scratch/x/', 'scratch/x/y.bin'];

function configOf(lab: Lab, exclude: readonly string[]): ConfigInput {
  const [scope] = lab.config.equipment;
  return {
    ...lab.config,
    equipment: [{ ...scope!, exclude }],
    nasCleanup: { minVerifyPasses: 1, minAgeHours: 0, minEvidence: 'cached-read' },
  };
}

/** The tree, pushed and proven before anything was excluded. */
async function provenWhole(): Promise<{ lab: Lab; run: string }> {
  const lab = new Lab();
  const run = await lab.makeRun(TREE);
  const client = lab.open({ config: configOf(lab, []), letGo: false });
  await lab.sync(run, client);
  await client.close();
  return { lab, run };
}

const below = (folder: string) => listing(folder).filter((path) => !path.startsWith('.exlab-wizard'));

describe('excluded names', () => {
  it('are neither pushed nor proven nor deleted, and counted in the proof', async () => {
    const lab = new Lab();
    const config = configOf(lab, EXCLUDE);
    const run = await lab.makeRun(TREE);
    const asking = lab.open({ config, letGo: false });
    await lab.sync(run, asking);
    expect(below(lab.onNas(run))).toEqual(['a.raw', 'd/', 'd/b.raw']);
    const proof = await asking.proof(run);
    expect(proof.files.map(({ path }) => path)).toEqual(['a.raw', 'd/b.raw']);
    expect(proof.passes).toMatchObject([{ excluded: 3 }]);
    await asking.close();

    const client = lab.open({ config, drive: 'own' });
    const result = await client.clean(run);
    expect(result).toMatchObject({ deleted: true, files: 2 });
    expect(result.refused.map(({ path, reason }) => `${path}: ${reason}`).toSorted()).toEqual([
      'a.tmp: excluded by the config',
      'd/scratch: excluded by the config',
      'scratch: excluded by the config',
    ]);
    expect((await client.job(run))!.state).toBe('cleaned');
    expect(below(run)).toEqual(KEPT);
  });

  it('that appear after the proof ask for nothing and block nothing', async () => {
    const lab = new Lab();
    const config = configOf(lab, EXCLUDE);
    const run = await lab.makeRun({ 'a.raw': 'a' });
    const client = lab.open({ config, letGo: false });
    await lab.sync(run, client);
    fill(run, { 'late.tmp': 'x', 'scratch/deep/er': 'x' });
    await client.enqueue(run);
    expect((await client.job(run))!.state).toBe('verified');
    await client.close();
    const cleaning = lab.open({ config, drive: 'own' });
    expect((await cleaning.clean(run)).deleted).toBe(true);
    expect(existsSync(`${run}/late.tmp`)).toBe(true);
  });

  it('that were pushed and proven before they were excluded stay on both sides', async () => {
    const { lab, run } = await provenWhole();
    expect(existsSync(lab.onNas(run, 'a.tmp'))).toBe(true);

    const after = lab.open({ config: configOf(lab, EXCLUDE), letGo: false });
    await after.requestPass(run, 'test');
    expect(await after.waitFor(run, 'verified')).toMatchObject({ lastError: null });
    await after.idle();
    expect(await after.forceVerify(run)).toMatchObject({ ok: true, extra: [] });
    expect(readFileSync(lab.onNas(run, '.exlab-wizard/checksums.sha256'), 'utf8')).not.toContain('a.tmp');
    await after.close();

    const cleaning = lab.open({ config: configOf(lab, EXCLUDE), drive: 'own' });
    expect((await cleaning.clean(run)).deleted).toBe(true);
    expect(existsSync(`${run}/a.tmp`)).toBe(true);
    expect(existsSync(lab.onNas(run, 'a.tmp'))).toBe(true);
  });

  it('that an older proof names do not go under it', async () => {
    const { lab, run } = await provenWhole();
    const cleaning = lab.open({ config: configOf(lab, EXCLUDE), drive: 'own' });
    expect((await cleaning.clean(run)).deleted).toBe(true);
    expect(below(run)).toEqual(KEPT);
  });

  it.each(['*', '**/*', '/a', 'a/', '../x', ''])('refuses the pattern "%s"', (pattern) => {
    const lab = new Lab();
    expect(() => lab.open({ config: configOf(lab, [pattern]) })).not.toThrow();
    return expect(lab.open({ config: configOf(lab, [pattern]), drive: 'none' }).init()).rejects.toMatchObject({
      code: 'config_invalid',
      message: expect.stringContaining('exclude') as string,
    });
  });
});
