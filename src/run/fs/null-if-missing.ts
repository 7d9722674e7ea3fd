import { systemCode } from '../../errors.js';

/** `null` where nothing stands at the path that was asked for, or a folder on its way is none any more. */
export async function unlessGone<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked;
  } catch (error) {
    if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR') return null;
    throw error;
  }
}
