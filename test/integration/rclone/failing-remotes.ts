import { readFileSync, writeFileSync } from 'node:fs';
import { NasSyncError } from 'nas-sync';
import { expect } from 'vitest';
import type { RcloneTransport } from '#dist/transports/rclone/rclone-transport.js';
import type { Remote } from './remotes.js';

export const failureOf = async (calling: Promise<unknown>): Promise<NasSyncError> => {
  const error = await calling.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(NasSyncError);
  return error as NasSyncError;
};

/** The same remote with one setting changed. */
export async function changed(remote: Remote, settings: Readonly<Record<string, string>>): Promise<RcloneTransport> {
  const text = readFileSync(remote.options.rcloneConfig!, 'utf8');
  const path = `${remote.options.rcloneConfig!}.changed`;
  let next = text;
  for (const [key, value] of Object.entries(settings))
    next = next.replace(new RegExp(`^${key} = .*$`, 'm'), `${key} = ${value}`);
  writeFileSync(path, next);
  return remote.transport({ rcloneConfig: path });
}
