import { expect, it } from 'vitest';
import { Lab } from '../../support/lab.js';

it('a version is not replaced without a reason, nor for a job that did not fail', async () => {
  const lab = new Lab();
  const run = await lab.makeRun({ 'a.raw': 'measured' });
  await lab.sync(run);
  await expect(lab.client.retry(run, { replace: true })).rejects.toMatchObject({ code: 'usage' });
  await expect(lab.client.retry(run, { replace: true, reason: 'x' })).rejects.toMatchObject({ code: 'not_allowed' });
});
