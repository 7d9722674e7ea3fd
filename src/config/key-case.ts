/** How the keys of one notation stand for the keys of the schema, which are written in camelCase. */
export interface Names {
  /** The schema's key for a name, or something that is no key of any schema. */
  toSchema(name: string): string;
  fromSchema(key: string): string;
}

const camel = (name: string): string => name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
const snake = (key: string): string => key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** No key of the schema starts like this: it keeps a foreign spelling (`localRoot` in a file) from passing for a key. */
const FOREIGN = '?';

/** snake_case, as in a file. */
export const yamlNames: Names = {
  toSchema: (name) => (snake(camel(name)) === name ? camel(name) : FOREIGN + name),
  fromSchema: (key) => (key.startsWith(FOREIGN) ? key.slice(FOREIGN.length) : snake(key)),
};

/** camelCase, as in TypeScript. */
export const objectNames: Names = { toSchema: (name) => name, fromSchema: (key) => key };
