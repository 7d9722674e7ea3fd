import { readFile } from 'node:fs/promises';
import { ERROR_CODES, NasSyncError, type ErrorCode } from 'nas-sync';
import { jobError } from '#dist/errors.js';
import { describe, expect, it } from 'vitest';

describe('the table of error codes', () => {
  it('is the one that the documentation explains, code by code', async () => {
    const text = await readFile(new URL('../../docs/errors.md', import.meta.url), 'utf8');
    const explained = new Set([...text.matchAll(/`([a-z_]+)`/g)].map((match) => match[1]));
    expect(Object.keys(ERROR_CODES).filter((code) => !explained.has(code))).toEqual([]);
  });

  it('gives each code the exit status of the contract', () => {
    for (const { exit } of Object.values(ERROR_CODES)) expect([1, 2, 3, 4, 5]).toContain(exit);
  });

  it('decides what an error says about trying again', () => {
    for (const [code, { retryable }] of Object.entries(ERROR_CODES)) {
      expect(new NasSyncError(code as ErrorCode, '').retryable).toBe(retryable);
    }
  });
});

describe('what a job is told', () => {
  it('is the kind of an error of ours', () => {
    expect(jobError(new NasSyncError('target_full', 'full'))).toEqual({ kind: 'target_full', message: 'full' });
  });

  it.for([new TypeError('oops'), new NasSyncError('usage', 'oops'), 'oops'])(
    'is `unknown`, and so tried again, for anything else: %s',
    (error) => {
      expect(jobError(error)).toEqual({ kind: 'unknown', message: 'oops' });
    },
  );
});
