import type { Interlock } from '../../machines/job-types.js';
import { shellWord } from '../../run/shell-quote.js';
import { hasPassingName } from '../../run/transient-name.js';
import { interlock, listed, type PassFacts, type SceneFacts, type SourceLook } from './observations.js';

/** Who takes an override back wants the run looked at again. */
export function noRevocation({ revocations }: SceneFacts, { lastPassAt, now, ageMs }: PassFacts): Interlock {
  // Where the wall clock was set back since, what was written after the pass bears an earlier time.
  const passAt = lastPassAt === null ? null : Math.min(lastPassAt, now - ageMs);
  const unreadable = revocations.filter((at) => at === null).length;
  const since = revocations.filter((at) => at !== null && passAt !== null && at >= passAt).length;
  return interlock(
    unreadable === 0 && since === 0 && lastPassAt !== null,
    {
      name: 'no_revocation',
      measured:
        lastPassAt === null
          ? 'no pass yet'
          : unreadable > 0
            ? `${unreadable} written at a time that cannot be read`
            : `${since} since the last pass`,
      required: 'no override was revoked since the last pass',
    },
    unreadable > 0
      ? "fix `recorded_at` of the tombstones in the run's record"
      : 'the next pass, when the proof runs out, clears it',
  );
}

export function gate({ blocked, runPath }: SceneFacts): Interlock {
  return interlock(
    blocked === null,
    { name: 'gate', measured: blocked ?? 'eligible', required: 'the gate lets the run pass now' },
    `see \`nas-sync gate ${shellWord(runPath)}\`: fix what it finds, or override it`,
  );
}

export function sourceUnchanged({ changed, source, runPath }: SceneFacts): Interlock {
  return interlock(
    changed.length === 0,
    {
      name: 'source_unchanged',
      measured: changed.length === 0 ? unchanged(source) : listed(changed),
      required: 'every local file is the proven one',
    },
    `let the change be synced too: \`nas-sync enqueue ${shellWord(runPath)}\`${hasPassingName(changed.map(({ path }) => path)) ? '' : `; or put back what was proven: \`nas-sync restore ${shellWord(runPath)}\``}`,
  );
}

export function nothingUnproven({ unproven, runPath }: SceneFacts): Interlock {
  return interlock(
    unproven.length === 0,
    {
      name: 'nothing_unproven',
      measured: unproven.length === 0 ? 'nothing else is in the run' : listed(unproven),
      required: 'nothing is in the run that the proof does not name',
    },
    `let it be synced too: \`nas-sync enqueue ${shellWord(runPath)}\`; or move it out of the run`,
  );
}

/** Nothing is what a measurement that failed leaves, or a disk that is not mounted. */
export function notEmpty({ files, emptyAllowed, runPath }: SceneFacts): Interlock {
  return interlock(
    files > 0 || emptyAllowed !== null,
    {
      name: 'not_empty',
      measured:
        files > 0
          ? `${files} ${files === 1 ? 'file' : 'files'}`
          : `no files; ${emptyAllowed ?? 'nobody said that it may go'}`,
      required: 'the run holds files, or a person says that it may go without any',
    },
    `look into the run; if it is to be empty: \`nas-sync clean ${shellWord(runPath)} --empty --reason WHY\``,
  );
}

/** Says by what each file was told: its times do not tell on every file system. */
function unchanged({ byTimes, byContent, unread }: SourceLook): string {
  const parts = [
    ...(byTimes > 0 ? [`${byTimes} by size, times and inode (their file system keeps these true)`] : []),
    ...(byContent > 0 ? [`${byContent} by content, read again`] : []),
    ...(unread > 0 ? [`${unread} to be read again before the first file goes`] : []),
  ];
  return `every local file is the proven one${parts.length === 0 ? '' : `: ${parts.join(', ')}`}`;
}
