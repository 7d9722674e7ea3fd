import { describe, expect, it } from 'vitest';
import { MINIMAL, parse, refusal, withTransport } from './yaml.js';

const secretAdvice =
  "passwords do not belong here: keep them in the tool's own config (rclone config, ~/.pgpass) or in a key file";

describe('a configuration file is refused for', () => {
  it.each(['password', 'passwd', 'secret', 'pass', 'token', 'ssh_password', 'PASSWORD', 'apiToken'])(
    'a key like %s, wherever it stands',
    (key) => {
      expect(refusal(withTransport(`${key}: x`))).toBe(`config.yaml:7: equipment[0].transport.${key}: ${secretAdvice}`);
    },
  );

  it('a password inside an unknown key', () => {
    expect(refusal(`${MINIMAL}login:\n  password: x\n`)).toBe('config.yaml:7: login: unknown key … and 1 more');
  });

  it.each(['postgres://lab:hunter2@db/queue', ':sftp,host=nas01,pass=hunter2:'])('a password in a value', (value) => {
    expect(refusal(`${MINIMAL}database: "${value}"`)).toBe(`config.yaml:7: database: ${secretAdvice}`);
  });
});

it('pass_interval_hours is no password', () => {
  expect(parse(`${MINIMAL}nas_cleanup: { pass_interval_hours: 12 }`).nasCleanup.passIntervalHours).toBe(12);
});
