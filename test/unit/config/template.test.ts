import { describe, expect, it } from 'vitest';
import { configTemplate } from '#dist/config/template.js';
import { MINIMAL, parse } from './yaml.js';

/** The template with the mount transport's lines replaced by the ones of another transport, made active. */
function activate(type: string): string {
  const template = configTemplate();
  const withoutMount = template.replace(/ {6}type: mount[^]*?\n\n/, '');
  const block = new RegExp(` {6}# type: ${type}[^]*?\\n\\n`);
  return withoutMount.replace(block, (lines) => lines.replace(/^( +)# /gm, '$1'));
}

describe('the template', () => {
  it('is a configuration with all defaults', () => {
    const { equipment, ...others } = parse(configTemplate());
    const { equipment: _, ...defaults } = parse(MINIMAL);
    expect(others).toEqual(defaults);
    expect(equipment).toHaveLength(1);
  });

  it('takes what is known', () => {
    const [equipment] = parse(
      configTemplate({
        equipmentId: 'SEM_2',
        localRoot: '/data/"x": #1',
        mountPath: '/mnt/nas 2',
        nasRoot: '\\\\nas01\\lab',
      }),
    ).equipment;
    expect(equipment).toMatchObject({
      id: 'SEM_2',
      localRoot: '/data/"x": #1',
      nasRoot: '\\\\nas01\\lab',
      transport: { path: '/mnt/nas 2' },
    });
  });

  it.each(['rclone', 'rsync_ssh'])('holds a %s transport that only needs its # removed', (type) => {
    expect(parse(activate(type)).equipment[0]?.transport.type).toBe(type);
  });

  it('holds a schedule that only needs its # removed', () => {
    const template = configTemplate()
      .replace(/^ +schedule: \[\].*\n/m, '')
      .replace(/# (schedule:\n.*)# (  - .*)/, '$1$2');
    expect(parse(template).equipment[0]?.transport.bandwidth.schedule[0]).toMatchObject({ from: '08:00', to: '18:00' });
  });

  it('has no line that is wider than 120 characters', () => {
    expect(
      configTemplate()
        .split('\n')
        .filter((line) => line.length > 120),
    ).toEqual([]);
  });
});
