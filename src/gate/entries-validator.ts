import { walkRun } from '../run/walk.js';
import type { Finding, Validator } from './validator.js';

/** Refuses what no manifest can express and what may not be read. */
export const entriesValidator: Validator = {
  async validate({ runPath }, { signal }) {
    const { refused } = await walkRun(runPath, signal === undefined ? {} : { signal });
    return refused.map((refusal): Finding => ({
      rule: refusal.reason === 'unreadable' ? 'unreadable_entry' : 'unsupported_entry',
      tier: 'hard',
      subject: refusal.path,
      message: refusal.message,
      overriddenBy: null,
    }));
  },
};
