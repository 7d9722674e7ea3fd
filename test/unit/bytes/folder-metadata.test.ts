import { expect, it } from 'vitest';
import { unlessNotKept } from '#dist/bytes/dress-folders.js';

const answering = (code: string): Promise<void> => Promise.reject(Object.assign(new Error(code), { code }));

it.each(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EINVAL'])(
  'a disk that answers %s to a mode or a time holds none, and that is no failure',
  async (code) => {
    await expect(unlessNotKept(answering(code))).resolves.toBeUndefined();
  },
);

it.each(['EIO', 'EROFS', 'ESTALE', 'EACCES'])('a disk that answers %s to a mode or a time has failed', async (code) => {
  await expect(unlessNotKept(answering(code))).rejects.toMatchObject({ code });
});
