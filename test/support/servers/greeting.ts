import { connect } from 'node:net';
import { LOOPBACK } from './free-port.js';

/** How to know a server's protocol by its first words. */
export interface Greeting {
  readonly say: string | Uint8Array;
  readonly hear: RegExp;
}

const SILENCE_MS = 1000;

/** Whether what listens there answers so. */
export function isGreeted(port: number, { say, hear }: Greeting): Promise<boolean> {
  return new Promise((resolve) => {
    let heard = '';
    const socket = connect({ port, host: LOOPBACK });
    const end = (): void => {
      socket.destroy();
      resolve(hear.test(heard));
    };
    socket.setTimeout(SILENCE_MS, end).on('error', end).on('close', end);
    socket.on('connect', () => socket.write(say));
    socket.on('data', (chunk) => {
      heard += chunk.toString('latin1');
      if (hear.test(heard)) end();
    });
  });
}
