/** The run was written to while it was read. No failure of the job: its work is put off until the run rests. */
export class SourceChanged extends Error {}
