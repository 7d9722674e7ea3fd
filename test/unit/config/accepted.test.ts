import { describe, expect, it } from 'vitest';
import type { RcloneConfig, RsyncSshConfig } from '#dist/config/schema.js';
import { VOLATILE_NAMES } from '#dist/config/volatile-names.js';
import { MINIMAL, parse, withTransport } from './yaml.js';

const withTransportOf = (lines: string): string => MINIMAL.slice(0, MINIMAL.indexOf('      type:')) + lines;

describe('a configuration file', () => {
  it('gets every default', () => {
    expect(parse(MINIMAL)).toEqual({
      database: null,
      equipment: [
        {
          id: 'CONFOCAL_01',
          label: 'CONFOCAL_01',
          localRoot: '/data/lab',
          nasRoot: null,
          volatile: VOLATILE_NAMES,
          exclude: [],
          transport: {
            type: 'mount',
            path: '/mnt/nas',
            timeoutSeconds: 60,
            links: 'keep',
            bandwidth: { uploadMbps: null, schedule: [] },
          },
        },
      ],
      nasCleanup: {
        enabled: true,
        minVerifyPasses: 2,
        minAgeHours: 24,
        retainCache: true,
        minEvidence: 'read-back',
        passIntervalHours: 24,
        trashHours: 0,
      },
      verify: { requireSha256: false },
      retry: { delaysMs: [30_000, 120_000, 480_000, 1_800_000, 7_200_000] },
      scheduler: { maxLanes: 4, leaseSeconds: 60 },
      validator: { contentScanMaxMib: 5, contentScanExtensions: expect.arrayContaining(['.txt', '.csv']) },
    });
  });

  it('reads an rclone transport', () => {
    const { transport } = parse(
      withTransportOf('      { type: rclone, rclone_remote: "nas01:", rclone_remote_path: lab, transfers: 4 }'),
    ).equipment[0] as { transport: RcloneConfig };
    expect(transport).toMatchObject({
      rcloneRemote: 'nas01',
      rcloneRemotePath: 'lab',
      rcloneConfig: null,
      transfers: 4,
      checkers: null,
    });
  });

  it('reads an rsync_ssh transport', () => {
    const { transport } = parse(
      withTransportOf(
        '      { type: rsync_ssh, ssh_target: lab@nas01, ssh_key_path: /k, remote_path: /v, port: 2222 }',
      ),
    ).equipment[0] as { transport: RsyncSshConfig };
    expect(transport).toMatchObject({
      sshTarget: 'lab@nas01',
      sshKeyPath: '/k',
      remotePath: '/v',
      port: 2222,
      knownHosts: null,
    });
  });

  it('reads a cap with its windows', () => {
    const text = withTransport(
      'bandwidth:',
      '  upload_mbps: 50',
      '  schedule: [{ days: [mon, tue], from: 08:00, to: 24:00 }]',
    );
    expect(parse(text).equipment[0]?.transport.bandwidth).toEqual({
      uploadMbps: 50,
      schedule: [{ days: ['mon', 'tue'], from: '08:00', to: '24:00' }],
    });
  });

  it('may use anchors and aliases', () => {
    const second = '  - id: CONFOCAL_02\n    local_root: /data/lab\n    transport: *nas\n';
    const { equipment } = parse(MINIMAL.replace('transport:', 'transport: &nas') + second);
    expect(equipment[1]?.transport).toEqual(equipment[0]?.transport);
  });

  it('may be saved with a byte order mark and Windows line ends', () => {
    expect(parse(`\uFEFF${MINIMAL.replaceAll('\n', '\r\n')}`)).toEqual(parse(MINIMAL));
  });

  it('writes extensions in one way', () => {
    const { validator } = parse(`${MINIMAL}validator: { content_scan_extensions: [TXT, .Csv] }`);
    expect(validator.contentScanExtensions).toEqual(['.txt', '.csv']);
  });

  it('is frozen in every part', () => {
    const config = parse(MINIMAL);
    expect(Object.isFrozen(config)).toBe(true);
    expect(Object.isFrozen(config.equipment[0]?.transport.bandwidth.schedule)).toBe(true);
    expect(Object.isFrozen(config.retry.delaysMs)).toBe(true);
  });
});
