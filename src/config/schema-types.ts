import { isIPv6 } from 'node:net';
import { isAbsolute, resolve } from 'node:path';
import { z } from 'zod';
import { parseDuration } from './duration.js';

/** The building blocks of the schema: one kind of value each, with the words for a wrong one. */

const CONTROL = /\p{Cc}/u;

export const text = z
  .string()
  .min(1, 'must not be empty')
  .refine((value) => !CONTROL.test(value), 'must not hold line breaks or other control characters');

/** A folder or file of this machine, without a trailing separator. */
export const localPath = text
  .refine((value) => isAbsolute(value), 'must be an absolute path')
  .transform((value) => resolve(value));

/** Handed to a tool as an argument, where a leading dash would pass for one of its options. */
export const argument = text.refine((value) => !value.startsWith('-'), 'must not start with a dash');

/** Compared with names, or with paths below a run. One of wildcards alone would name the whole run. */
export const namePattern = z
  .string()
  .min(1, 'must not be empty')
  .refine((value) => !value.includes('\0'), 'must not hold a NUL')
  .refine((value) => !value.startsWith('/') && !value.endsWith('/'), 'must neither start nor end with /')
  .refine((value) => value.split('/').every((name) => name !== '.' && name !== '..'), 'must not hold . or .. as a name')
  .refine((value) => !/^[*?/]+$/u.test(value), 'must not match every name');

export const aboveZero = z.number().gt(0);
export const count = z.int().min(1);
export const hours = z.number().min(0);

export const equipmentId = z
  .string()
  .max(32)
  .regex(/^[A-Z][A-Z0-9_]*$/, 'must be capital letters, digits and _, and start with a letter');

const HOST_NAME = /^[A-Za-z0-9][\w.-]*$/;
/** With or without brackets, and with the interface of a link-local one. */
const IPV6 = /^(?:\[(?<inside>[^[\]]+)\]|(?<plain>[^[\]]+))$/;

function isHost(text: string): boolean {
  const { inside, plain } = IPV6.exec(text)?.groups ?? {};
  return HOST_NAME.test(text) || isIPv6(inside ?? plain ?? '');
}

/** A host without a user may be an alias of `~/.ssh/config`, which names the user. */
export const sshTarget = argument.refine((value) => {
  const at = value.lastIndexOf('@');
  return isHost(value.slice(at + 1)) && (at === -1 || /^[^\s@:/'"]+$/.test(value.slice(0, at)));
}, 'must be user@host, or a host of ~/.ssh/config; a port goes into `port`');

/** A remote's name; the final colon that rclone shows it with is taken off. */
export const rcloneRemote = argument.transform((value) => value.replace(/:$/, ''));

export const durationMs = z.string().transform((value, context) => {
  const ms = parseDuration(value);
  if (ms !== null) return ms;
  context.issues.push({ code: 'custom', input: value, message: 'must be a duration such as 30s, 2m or 1.5h' });
  return z.NEVER;
});

export const extension = text.transform((value) => `.${value.replace(/^\./, '').toLowerCase()}`);

const day = z.enum(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']);

const timeOfDay = (end: '' | '|24:00') =>
  z.string().regex(new RegExp(`^(?:(?:[01]\\d|2[0-3]):[0-5]\\d${end})$`), 'must be a time such as "08:00"');

const AFTER_FROM = 'must be later than `from`; a window over midnight is two: to "24:00", and from "00:00"';

export const capWindow = z
  .strictObject({
    days: z.array(day).min(1, 'must name at least one day'),
    /** `HH:MM`, local time; the window begins with it. */
    from: timeOfDay(''),
    /** `HH:MM`, or `24:00`; the window ends before it. */
    to: timeOfDay('|24:00'),
  })
  .refine((window) => window.from < window.to, { path: ['to'], error: AFTER_FROM });
