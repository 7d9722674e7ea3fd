import { isoTime } from '../../clock.js';
import type { Interlock } from '../../machines/job-types.js';
import { shellWord } from '../../run/shell-quote.js';
import { interlock, listed, type PassFacts, type SceneFacts } from './observations.js';

const ASKED_LATER = 'what stands above comes first';
const HEALS = 'the next pass heals it from the local copy: `nas-sync run`';

export function targetReachable({ unreachable }: SceneFacts): Interlock {
  return interlock(
    unreachable === null,
    {
      name: 'target_reachable',
      measured: unreachable ?? 'it answers, with its identity token',
      required: 'the NAS that was met at first contact answers',
    },
    'mount or fix the way to the NAS: `nas-sync doctor` says what is wrong',
  );
}

/** What another history has proven over it since is no proof of ours: two copies of one workstation never both delete. */
export function sealCurrent({ seal }: SceneFacts): Interlock {
  const foreign = typeof seal === 'object' && seal !== null;
  return interlock(
    seal === 'current',
    {
      name: 'seal_current',
      measured:
        seal === null
          ? 'the NAS was not asked'
          : foreign
            ? seal.foreign
            : seal === 'current'
              ? 'they are those of the newest pass'
              : 'they are missing, damaged, or of an earlier pass',
      required: "the manifest and the record on the NAS are those of this job's newest pass",
    },
    seal === null
      ? ASKED_LATER
      : foreign
        ? 'find the other workstation or queue that sealed it, and compare both; the next pass says what differs'
        : 'the next pass seals it anew: `nas-sync run`',
  );
}

/** Storage may have answered success and not have the file. */
export function targetPresent({ notListed, files }: SceneFacts): Interlock {
  return interlock(
    notListed !== null && notListed.length === 0,
    {
      name: 'target_present',
      measured:
        notListed === null
          ? 'the NAS was not asked'
          : notListed.length === 0
            ? `${files} of ${files} files listed with their size`
            : `not there, or of another size: ${some(notListed)}`,
      required: 'every proven file is listed on the NAS with its size',
    },
    notListed === null ? ASKED_LATER : HEALS,
  );
}

/** Sizes do not tell a flipped byte: what is about to go is compared by content once more. */
export function targetUnchanged({ damaged, notListed }: SceneFacts, { lastPassAt }: PassFacts): Interlock {
  const asProven = damaged === null && notListed?.length === 0 && lastPassAt !== null;
  return interlock(
    asProven || damaged?.length === 0,
    {
      name: 'target_unchanged',
      measured: asProven
        ? `as proven at ${isoTime(lastPassAt)}; read again before the first file goes`
        : damaged === null
          ? 'the NAS was not read'
          : damaged.length === 0
            ? 'every file read again, and the same'
            : `another content: ${some(damaged)}`,
      required: 'every proven file has its content on the NAS',
    },
    damaged === null ? ASKED_LATER : HEALS,
  );
}

const some = (paths: readonly string[]): string => listed(paths.map((path) => ({ path, reason: '' })));

/** A file that somebody put there may be of this run, or the run of another name: a person looks before the local copy goes. */
export function noExtraFiles({ extra, extraAllowed, runPath }: SceneFacts): Interlock {
  const run = shellWord(runPath);
  return interlock(
    extra?.length === 0 || (extra !== null && extraAllowed !== null),
    {
      name: 'no_extra_files',
      measured:
        extra === null
          ? 'the NAS was not asked'
          : extra.length === 0
            ? "nothing else stands in the run's place"
            : `only on the NAS: ${some(extra)}; ${extraAllowed ?? 'nobody said that it may stay'}`,
      required: 'nothing but the run is in its place on the NAS, or a person says that it may stay there',
    },
    extra === null
      ? ASKED_LATER
      : `look at it and move it away; or have it set aside there: \`nas-sync accept-removal ${run} FILE --reason WHY\`; or let it stay: \`nas-sync clean ${run} --extra --reason WHY\``,
  );
}
