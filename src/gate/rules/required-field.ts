import { isObject } from '../../run/record/json-edit.js';
import type { RunRecord } from '../../run/record/record.js';
import type { Rule } from './rule.js';

const FIELD = 'lims_project';
const SINCE = { major: 1, minor: 5 };

function isRequired({ schemaVersion }: RunRecord): boolean {
  const [major = 0, minor = 0] = (schemaVersion ?? '').split('.').map(Number);
  return major > SINCE.major || (major === SINCE.major && minor >= SINCE.minor);
}

function isFilled({ raw }: RunRecord): boolean {
  const value = isObject(raw) && Object.hasOwn(raw, FIELD) ? raw[FIELD] : null;
  return typeof value === 'string' ? value.trim() !== '' : value !== null;
}

export const missingRequiredField: Rule = {
  name: 'missing_required_field',
  tier: 'soft',
  checks: {
    run: ({ record }) => {
      if (!isRequired(record) || isFilled(record)) return [];
      const message = `the run record has no ${FIELD}, which records have since schema ${SINCE.major}.${SINCE.minor}: fill it in`;
      return [{ path: FIELD, message }];
    },
  },
};
