/** One thing that was looked at. */
export interface DoctorCheck {
  /** `null`: of this machine as a whole. */
  readonly equipmentId: string | null;
  readonly name: string;
  readonly ok: boolean;
  /** What was seen, in one line; of a failure, also what could not be looked at because of it. */
  readonly detail: string;
  /** What to do. `null` where nothing needs to be done; what is well may have advice, too. */
  readonly fix: string | null;
}

export interface DoctorReport {
  /** Whether every check is. */
  readonly ok: boolean;
  readonly checks: readonly DoctorCheck[];
}

export interface DoctorOptions {
  /** Only these; else all that are configured. */
  readonly equipmentIds?: readonly string[];
  readonly signal?: AbortSignal;
  /** Called when a check begins, and again with what it came to. */
  readonly onBegin?: (check: Pick<DoctorCheck, 'equipmentId' | 'name'>) => void;
  readonly onCheck?: (check: DoctorCheck) => void;
}
