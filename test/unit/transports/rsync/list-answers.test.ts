import { expect, it } from 'vitest';
import { namesTop } from '#dist/transports/rsync/parse-itemized.js';
import { rsyncFailure } from '#dist/transports/rsync/rsync-failure.js';
import { told } from './tool-results.js';

it('knows an answer by the top that it begins with', () => {
  expect(namesTop(['.d          4096 .///', 'cd+++++++++ 4096 PROJ///'])).toBe(true);
  expect(namesTop([])).toBe(false);
  expect(namesTop(['cd+++++++++ 4096 PROJ///', '>f+++++++++ 1 PROJ/.//'])).toBe(false);
});

it('takes what vanishes from the server while it is listed for a trouble of the target, not of the run', () => {
  const error = rsyncFailure(told(24, 'file has vanished: "/nas/a"'), 'me@nas', 'fetch');
  expect(error).toMatchObject({ code: 'network' });
  expect(error!.message).toBe('me@nas: /nas/a disappeared from the server meanwhile');
});
