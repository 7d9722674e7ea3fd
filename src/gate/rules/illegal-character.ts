import { quoted, type Rule } from './rule.js';

const ILLEGAL = /[<>:"/\\|?*\u0000-\u001f]/g;

function faultsOf(name: string): string[] {
  const characters = [...new Set(name.match(ILLEGAL))].map(spelled);
  const last = name.at(-1);
  return [
    ...(characters.length === 0 ? [] : [`holds ${characters.join(' ')}`]),
    ...(last === '.' ? ['ends in a dot'] : []),
    ...(last === ' ' ? ['ends in a space'] : []),
  ];
}

const spelled = (character: string): string => (character === '"' ? `'"'` : quoted(character));

/** What Windows, and every share that serves it, refuses or stores under another name. */
export const illegalFilesystemCharacter: Rule = {
  name: 'illegal_filesystem_character',
  tier: 'hard',
  checks: {
    name: ({ name, path }) => {
      const faults = faultsOf(name);
      if (faults.length === 0) return [];
      const message = `the name of ${quoted(path)} ${faults.join(' and ')}, which not every NAS can store: rename it`;
      return [{ path, message }];
    },
  },
};
