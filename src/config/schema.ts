import { z } from 'zod';
import {
  aboveZero,
  argument,
  capWindow,
  count,
  durationMs,
  equipmentId,
  extension,
  hours,
  localPath,
  namePattern,
  rcloneRemote,
  sshTarget,
  text,
} from './schema-types.js';
import { VOLATILE_NAMES } from './volatile-names.js';

const orNull = <T extends z.ZodType>(schema: T) => schema.nullable().default(null);

const bandwidth = z.strictObject({
  /** Megabits per second; `null`: unlimited. */
  uploadMbps: z.number().gt(0, 'must be above 0 (or null for unlimited)').nullable().default(null),
  /** The cap holds inside these windows only; without any it always holds. */
  schedule: z.array(capWindow).default([]),
});

const everyTransport = {
  /** What becomes of links inside a run: stored as links, or as what they point to. */
  links: z.enum(['keep', 'follow']).default('keep'),
  bandwidth: bandwidth.prefault({}),
  /** Nothing moved for so long: the work fails with `timeout`. */
  timeoutSeconds: aboveZero.default(60),
};

const rclone = z.strictObject({
  type: z.literal('rclone'),
  /** The remote's name, without its final colon. */
  rcloneRemote,
  /** The folder on the remote; may be empty for its top. */
  rcloneRemotePath: z.string(),
  /** `null`: where rclone itself looks. */
  rcloneConfig: orNull(localPath),
  transfers: orNull(count),
  checkers: orNull(count),
  ...everyTransport,
});

const rsyncSsh = z.strictObject({
  type: z.literal('rsync_ssh'),
  /** `user@host`, or a host of `~/.ssh/config`. */
  sshTarget,
  sshKeyPath: localPath,
  remotePath: argument,
  /** `null`: what ssh itself would take. */
  port: orNull(z.int().min(1).max(65535)),
  knownHosts: orNull(localPath),
  ...everyTransport,
});

const mount = z.strictObject({
  type: z.literal('mount'),
  /** The mounted share, or a folder on it. */
  path: localPath,
  ...everyTransport,
});

const transport = z.discriminatedUnion('type', [rclone, rsyncSsh, mount], {
  error: (issue) => (issue.code === 'invalid_union' ? 'must be one of rclone, rsync_ssh, mount' : undefined),
});

const equipment = z
  .strictObject({
    id: equipmentId,
    label: text.optional(),
    localRoot: localPath,
    /** How people name the place on the NAS; shown, never used. */
    nasRoot: orNull(text),
    /** Names that desktops and storage systems write by themselves: what becomes of such a file is never damage. */
    volatile: z.array(namePattern).default([...VOLATILE_NAMES]),
    /** Names that are no part of a run: neither pushed nor proven nor deleted. */
    exclude: z.array(namePattern).default([]),
    transport,
  })
  .transform((given) => ({ ...given, label: given.label ?? given.id }));

const nasCleanup = z.strictObject({
  enabled: z.boolean().default(true),
  minVerifyPasses: count.default(2),
  minAgeHours: hours.default(24),
  /** Keeps the run's record folder, with the manifest, on the workstation. */
  retainCache: z.boolean().default(true),
  /** The weakest evidence that a deletion may rest on. */
  minEvidence: z.enum(['cached-read', 'read-back', 'remote-hash']).default('read-back'),
  passIntervalHours: aboveZero.default(24),
  /** 0: files are deleted at once. */
  trashHours: hours.default(0),
});

const retry = z
  .strictObject({ delays: z.array(durationMs).prefault(['30s', '2m', '8m', '30m', '2h']) })
  .transform(({ delays }) => ({ delaysMs: delays }));

const SCANNED = '.txt .csv .tsv .json .xml .yaml .yml .toml .ini .cfg .conf .log .md'.split(' ');

/** The whole configuration. Keys are written as in TypeScript; a file spells them in snake_case. */
export const configSchema = z.strictObject({
  /** A file, or a `postgres://` URL; `null`: the default file. */
  database: orNull(text),
  equipment: z.array(equipment),
  nasCleanup: nasCleanup.prefault({}),
  verify: z.strictObject({ requireSha256: z.boolean().default(false) }).prefault({}),
  retry: retry.prefault({}),
  scheduler: z.strictObject({ maxLanes: count.default(4), leaseSeconds: aboveZero.default(60) }).prefault({}),
  validator: z
    .strictObject({
      contentScanMaxMib: hours.default(5),
      /** Lower case, with the dot. */
      contentScanExtensions: z.array(extension).default(SCANNED),
    })
    .prefault({}),
});

type DeepReadonly<T> = T extends readonly (infer Item)[]
  ? readonly DeepReadonly<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]: DeepReadonly<T[Key]> }
    : T;

/** The configuration with every default filled in, deeply frozen. */
export type Config = DeepReadonly<z.output<typeof configSchema>>;
/** What a host may write: the same in camelCase, with defaults left out and delays as `30s`. */
export type ConfigInput = DeepReadonly<z.input<typeof configSchema>>;
export type Equipment = Config['equipment'][number];
export type TransportConfig = Equipment['transport'];
export type RcloneConfig = Extract<TransportConfig, { type: 'rclone' }>;
export type RsyncSshConfig = Extract<TransportConfig, { type: 'rsync_ssh' }>;
export type Bandwidth = TransportConfig['bandwidth'];
export type BandwidthWindow = Bandwidth['schedule'][number];

export type CleanupPolicy = Config['nasCleanup'];
