import type { Rule } from './rule.js';

/** Devices, pipes, sockets, links that leave the run, and names that no manifest can hold. */
export const unsupportedEntry: Rule = {
  name: 'unsupported_entry',
  tier: 'hard',
  checks: { refusal: (refusal) => (refusal.reason === 'unreadable' ? [] : [refusal]) },
};

export const unreadableEntry: Rule = {
  name: 'unreadable_entry',
  tier: 'hard',
  checks: { refusal: (refusal) => (refusal.reason === 'unreadable' ? [refusal] : []) },
};
