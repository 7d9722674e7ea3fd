import type { KeyPath, Problem } from './problems.js';

const SECRET_KEY = /(password|passwd|passphrase|secret|token)$|(^|[^a-z])(pass|pwd)$/;
/** `postgres://user:password@host`, and a connection string of rclone's with `pass=…` in it. */
const SECRET_VALUE = [
  /^[a-z][a-z0-9+]*:\/\/[^/@:]*:[^/@]+@/i,
  /[,:](pass|password|passwd|token|[a-z_]*secret[a-z_]*)=/i,
];

const ADVICE =
  "passwords do not belong here: keep them in the tool's own config (rclone config, ~/.pgpass) or in a key file";

const words = (key: string): string => key.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase();

function entriesOf(value: unknown): [string | number, unknown][] {
  if (Array.isArray(value)) return value.map((item: unknown, index) => [index, item]);
  return typeof value === 'object' && value !== null ? Object.entries(value) : [];
}

/** Every key that looks as if it held a password; with `values`, every text that plainly carries one, too. */
export function findSecrets(value: unknown, options: { values: boolean }, path: KeyPath = []): Problem[] {
  if (options.values && typeof value === 'string' && SECRET_VALUE.some((pattern) => pattern.test(value))) {
    return [{ path, message: ADVICE }];
  }
  return entriesOf(value).flatMap(([key, child]) => {
    const here = [...path, key];
    if (typeof key === 'string' && SECRET_KEY.test(words(key))) return [{ path: here, message: ADVICE }];
    return findSecrets(child, options, here);
  });
}
