import type { Backend } from './backend.js';
import type { Rclone, RcloneOptions } from './rclone.js';

/** All that a piece of work needs to know of where it works. */
export interface Site {
  readonly rclone: Rclone;
  readonly options: RcloneOptions;
  readonly backend: Backend;
}
