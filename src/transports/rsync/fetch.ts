import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { NasSyncError } from '../../errors.js';
import { printable } from '../../run/printable.js';
import { RSYNC_TARGET_MODE } from '../../run/target-mode.js';
import type { FetchRequest, FetchResult } from '../transport.js';
import { OUTPUT_ARGS, RsyncProgressReader } from './parse-output.js';
import type { Remote } from './remote.js';
import { rsyncInTurn } from './retry-while-busy.js';
import { rsyncFailure } from './rsync-failure.js';
import type { SshConnection } from './ssh-connection.js';

/** Brings files back. The cap is the one at its start: rsync cannot be given another on the way. */
export async function fetchFiles(
  request: FetchRequest,
  remote: Remote,
  connection: SshConnection,
): Promise<FetchResult> {
  const way = remote.send(request.target);
  const cap = request.capKiBps();
  const reader = new RsyncProgressReader();
  const result = await rsyncInTurn(
    connection,
    [
      '--from0',
      '--files-from=-',
      '--times',
      ...RSYNC_TARGET_MODE,
      '--ignore-times',
      '--whole-file',
      `--timeout=${Math.max(1, Math.round(connection.silenceMs / 1000))}`,
      ...(cap === null ? [] : [`--bwlimit=${cap}`]),
      ...OUTPUT_ARGS,
      ...way.args,
      way.place,
      `${request.into}/`,
    ],
    {
      target: request.target,
      signal: request.signal,
      silenceMs: () => connection.silenceMs * 2,
      input: request.paths.map((path) => `./${path}\0`).join(''),
      onOut: (line) => {
        const progress = reader.read(line);
        if (progress === null) return;
        const files = Math.max(0, reader.begun.length - 1);
        request.onProgress({ bytes: progress.bytes, files, currentFile: progress.current });
      },
    },
  );
  const failure = result.run.exitCode === 0 ? null : rsyncFailure(result, connection.host, 'fetch');
  if (failure !== null) throw failure;
  const bytes = await sizeOfAll(request);
  request.onProgress({ bytes, files: request.paths.length, currentFile: null });
  return { files: request.paths.length, bytes, tools: [result.run] };
}

/** An exit code of 0 is no evidence that a file has come. */
async function sizeOfAll({ paths, into }: FetchRequest): Promise<number> {
  let bytes = 0;
  for (const path of paths) {
    const stats = await lstat(join(into, path)).catch(() => null);
    if (stats?.isFile() !== true) {
      throw new NasSyncError(
        'network',
        `rsync ended well and never brought ${printable(path)}; is it still on the NAS?`,
      );
    }
    bytes += stats.size;
  }
  return bytes;
}
