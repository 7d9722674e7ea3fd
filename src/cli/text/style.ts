import { styleText } from 'node:util';

export type Colour = 'green' | 'red' | 'yellow' | 'cyan' | 'dim' | 'bold';

/** Colours a text, or leaves it as it is where the reader is no terminal. */
export type Paint = (colour: Colour, text: string) => string;

export const plain: Paint = (_, text) => text;

/** Whether there is a terminal was decided already, so Node need not look at one. */
const coloured: Paint = (colour, text) => styleText(colour, text, { validateStream: false });

/** By the rules of no-color.org, an empty `NO_COLOR` counts as not set. */
export function paintFor(stream: { isTTY?: boolean }, wanted: boolean, env: NodeJS.ProcessEnv): Paint {
  const refused = !wanted || (env['NO_COLOR'] ?? '') !== '' || env['TERM'] === 'dumb';
  return stream.isTTY === true && !refused ? coloured : plain;
}
