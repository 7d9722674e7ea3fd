import { expect, it } from 'vitest';
import { ignoreUnsupported } from '#dist/bytes/folder-metadata.js';

const answering = (code: string): Promise<void> => Promise.reject(Object.assign(new Error(code), { code }));

it.each(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EINVAL'])(
  'a disk that answers %s to a mode or a time holds none, and that is no failure',
  async (code) => {
    await expect(ignoreUnsupported(answering(code))).resolves.toBeUndefined();
  },
);

it.each(['EIO', 'EROFS', 'ESTALE', 'EACCES'])('a disk that answers %s to a mode or a time has failed', async (code) => {
  await expect(ignoreUnsupported(answering(code))).rejects.toMatchObject({ code });
});
