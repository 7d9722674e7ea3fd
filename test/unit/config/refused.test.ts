import { describe, expect, it } from 'vitest';
import { NasSyncError } from '#dist/errors.js';
import { MINIMAL, parse, refusal, withTransport } from './yaml.js';

const cap = (value: string): string => withTransport('bandwidth:', `  upload_mbps: ${value}`);
const window = (value: string): string => withTransport('bandwidth:', '  upload_mbps: 8', `  schedule: [${value}]`);
const bandwidthKey = 'equipment[0].transport.bandwidth';

describe('a configuration file is refused, in one line with the key and its line, for', () => {
  it.each([
    ['a cap of 0', cap('0'), `config.yaml:8: ${bandwidthKey}.upload_mbps: must be above 0 (or null for unlimited)`],
    [
      'a negative cap',
      cap('-1'),
      `config.yaml:8: ${bandwidthKey}.upload_mbps: must be above 0 (or null for unlimited)`,
    ],
    ['a cap in words', cap('fast'), `config.yaml:8: ${bandwidthKey}.upload_mbps: must be a number`],
    [
      'an empty window',
      window('{ days: [mon], from: "08:00", to: "08:00" }'),
      `config.yaml:9: ${bandwidthKey}.schedule[0].to: must be later than \`from\`; a window over midnight is two: to "24:00", and from "00:00"`,
    ],
    [
      'a reversed window',
      window('{ days: [mon], from: "22:00", to: "06:00" }'),
      `config.yaml:9: ${bandwidthKey}.schedule[0].to: must be later than \`from\`; a window over midnight is two: to "24:00", and from "00:00"`,
    ],
    [
      'a window without days',
      window('{ days: [], from: "08:00", to: "09:00" }'),
      `config.yaml:9: ${bandwidthKey}.schedule[0].days: must name at least one day`,
    ],
    [
      'an unknown day',
      window('{ days: [monday], from: "08:00", to: "09:00" }'),
      `config.yaml:9: ${bandwidthKey}.schedule[0].days[0]: must be one of mon, tue, wed, thu, fri, sat, sun`,
    ],
    [
      'a time that no clock shows',
      window('{ days: [mon], from: "8:00", to: "09:60" }'),
      `config.yaml:9: ${bandwidthKey}.schedule[0].from: must be a time such as "08:00" … and 1 more`,
    ],
    [
      'a window that begins at 24:00',
      window('{ days: [mon], from: "24:00", to: "24:00" }'),
      `config.yaml:9: ${bandwidthKey}.schedule[0].from: must be a time such as "08:00" … and 1 more`,
    ],
    ['an unknown key', `${MINIMAL}nas_clean: {}\n`, 'config.yaml:7: nas_clean: unknown key, did you mean nas_cleanup?'],
    ['a key like no other', `${MINIMAL}colour: red\n`, 'config.yaml:7: colour: unknown key'],
    [
      'a required key that is misspelled',
      MINIMAL.replace('local_root', 'localroot'),
      'config.yaml:3: equipment[0].localroot: unknown key, did you mean local_root?',
    ],
    [
      'a key in the spelling of TypeScript',
      MINIMAL.replace('local_root', 'localRoot'),
      'config.yaml:3: equipment[0].localRoot: unknown key, did you mean local_root?',
    ],
    [
      'a key of another transport',
      withTransport('ssh_target: lab@nas01'),
      'config.yaml:7: equipment[0].transport.ssh_target: unknown key',
    ],
    [
      'a transport of no known type',
      MINIMAL.replace('type: mount', 'type: ftp'),
      'config.yaml:5: equipment[0].transport.type: must be one of rclone, rsync_ssh, mount',
    ],
    [
      'a missing key',
      'equipment:\n  - id: A\n    local_root: /a\n',
      'config.yaml:2: equipment[0].transport: is required',
    ],
    ['an empty key', 'equipment:\n', 'config.yaml:1: equipment: must be a list'],
    ['an empty file', '', 'config.yaml:1: must be a map of keys'],
    [
      'an id in small letters',
      MINIMAL.replace('CONFOCAL', 'confocal'),
      /^config.yaml:2: equipment\[0\].id: must be capital/,
    ],
    [
      'an id of 33 characters',
      MINIMAL.replace('CONFOCAL_01', 'A'.repeat(33)),
      'config.yaml:2: equipment[0].id: must be at most 32 characters long',
    ],
    [
      'a duplicate id',
      `${MINIMAL}  - id: CONFOCAL_01\n    local_root: /data/two\n    transport: { type: mount, path: /mnt/two }\n`,
      'config.yaml:7: equipment[1].id: is already the id of equipment[0]',
    ],
    ['a duplicate key', `${MINIMAL}verify: {}\nverify: {}\n`, 'config.yaml:8: verify: is given twice, first in line 7'],
    [
      'an unknown duration',
      `${MINIMAL}retry: { delays: [soon] }`,
      'config.yaml:7: retry.delays[0]: must be a duration such as 30s, 2m or 1.5h',
    ],
    [
      'fewer passes than one',
      `${MINIMAL}nas_cleanup: { min_verify_passes: 0 }`,
      'config.yaml:7: nas_cleanup.min_verify_passes: must be at least 1',
    ],
    [
      'an ssh target with a port',
      MINIMAL.replace('type: mount', 'type: rsync_ssh').replace(
        'path: /mnt/nas',
        'ssh_target: lab@nas01:22\n      ssh_key_path: /k\n      remote_path: /v',
      ),
      'config.yaml:6: equipment[0].transport.ssh_target: must be user@host, or a host of ~/.ssh/config; a port goes into `port`',
    ],
    [
      'an argument that looks like an option',
      MINIMAL.replace('type: mount', 'type: rclone').replace(
        'path: /mnt/nas',
        'rclone_remote: --config\n      rclone_remote_path: v',
      ),
      'config.yaml:6: equipment[0].transport.rclone_remote: must not start with a dash',
    ],
    ['text that is not YAML', `${MINIMAL}  bad: [`, /^config.yaml:7: is not YAML: /],
    ['an unknown tag', `${MINIMAL}database: !secret db`, /^config.yaml:7: is not YAML: Unresolved tag/],
    ['two documents', `${MINIMAL}---\n${MINIMAL}`, /^config.yaml:7: is not YAML: /],
    ['aliases without end', 'a: &a { b: *a }', /more than 100 aliases/],
  ])('%s', (_, text, message) => {
    if (typeof message === 'string') expect(refusal(text)).toBe(message);
    else expect(refusal(text)).toMatch(message);
  });

  it('a line break in a name, without breaking the message', () => {
    expect(refusal(`${MINIMAL}"a\\nb": 1`)).toBe('config.yaml:7: a\\u000ab: unknown key');
  });
});

describe('the refusal', () => {
  it('names the first problem by line and counts the others', () => {
    const text = `colour: red\n${MINIMAL.replace('/data/lab', '7')}scheduler: { max_lanes: 0 }\n`;
    expect(refusal(text)).toBe('config.yaml:1: colour: unknown key … and 2 more');
  });

  it('is a config_invalid error', () => {
    expect(() => parse('')).toThrow(NasSyncError);
    expect(() => parse('')).toThrow(expect.objectContaining({ code: 'config_invalid' }));
  });
});
