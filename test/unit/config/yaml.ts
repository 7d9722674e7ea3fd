import { parseConfig } from '#dist/config/load.js';
import type { Config } from '#dist/config/schema.js';

/** The smallest file that is complete. Line 1 is `equipment:`; the transport's keys end in line 6. */
export const MINIMAL = `equipment:
  - id: CONFOCAL_01
    local_root: /data/lab
    transport:
      type: mount
      path: /mnt/nas
`;

/** The minimal file with lines added to its transport, from line 7 on. */
export const withTransport = (...lines: string[]): string => MINIMAL + lines.map((line) => `      ${line}\n`).join('');

export const parse = (text: string): Config => parseConfig(text, '/etc/lab/config.yaml');

/** The message with which a text is refused. */
export function refusal(text: string): string {
  try {
    parseConfig(text, 'config.yaml');
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('the configuration was accepted');
}
