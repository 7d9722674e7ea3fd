/** The acts of a deletion, in the order in which they first come. */
export const DELETION_ACTS = [
  'intent',
  'open',
  'hash',
  'trash',
  'take',
  'unlink-link',
  'unlink',
  'remove-folder',
  'record-on-nas',
  'unlink-record',
  'remove-run',
  'done',
] as const;
export type DeletionAct = (typeof DELETION_ACTS)[number];

/** Where a test, or a host's own, may end the process or fail an act: right before and right after each. */
export interface Faults {
  at(moment: 'before' | 'after', act: DeletionAct): void | Promise<void>;
}

export const noFaults: Faults = { at: () => undefined };

/** Does one act, with its two moments around it. */
export async function acting<T>(faults: Faults, act: DeletionAct, work: () => Promise<T>): Promise<T> {
  await faults.at('before', act);
  const result = await work();
  await faults.at('after', act);
  return result;
}
