import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { sha256sumCheck } from '../../support/lab.js';
import { HOUR, LettingGo } from './cleanup-lab.js';

const statusIn = (file: string): unknown =>
  (JSON.parse(readFileSync(file, 'utf8')) as { sync_status: unknown }).sync_status;

it('the record says cleaned here and on the NAS, whose copy still confirms itself', async () => {
  const scene = await LettingGo.proven();
  expect(statusIn(scene.onNas('.exlab-wizard/creation.json'))).toBe('synced');
  await scene.reap();
  expect(statusIn(scene.at('.exlab-wizard/creation.json'))).toBe('cleaned');
  expect(statusIn(scene.onNas('.exlab-wizard/creation.json'))).toBe('cleaned');
  await sha256sumCheck(scene.onNas());
});

it('without a local cache the record on the NAS says cleaned', async () => {
  const scene = await LettingGo.proven({ policy: { retainCache: false } });
  await scene.reap();
  expect(statusIn(scene.onNas('.exlab-wizard/creation.json'))).toBe('cleaned');
  await sha256sumCheck(scene.onNas());
});

it('the log line and the journal have file count, bytes and the passes that allowed it', async () => {
  const lines: [object, string][] = [];
  const quiet = () => undefined;
  const info = (...line: [object, string]): void => void lines.push(line);
  const logger = { debug: quiet, info, warn: quiet, error: quiet };
  const scene = await LettingGo.proven({ policy: { minVerifyPasses: 2, passIntervalHours: 1 } });
  const client = scene.open({ logger });
  await client.init();
  await scene.clock.advance(3 * HOUR, () => client.idle());

  const passes = [{ evidence: expect.any(String) as unknown }, { evidence: expect.any(String) as unknown }];
  const said = { files: 5, bytes: 5064, passes };
  expect(lines.filter(([, text]) => text === 'cleaned')).toMatchObject([[{ runPath: scene.run, ...said }, 'cleaned']]);
  const history = await client.history(scene.run);
  expect(history.at(-1)).toMatchObject({ event: 'cleanup.succeeded', detail: said });
  const intent = history.find(({ event }) => event === 'interlocks.satisfied')!;
  expect(intent.detail['interlocks']).toHaveLength(16);
  const invocations = (intent.detail['passes'] as { invocation: string }[]).map(({ invocation }) => invocation);
  expect(new Set(invocations).size).toBe(2);
});
