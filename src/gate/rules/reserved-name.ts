import { quoted, type Rule } from './rule.js';

/** Windows takes no notice of what follows the first dot, nor of spaces before it. */
const RESERVED = /^(CON|PRN|AUX|NUL|CONIN\$|CONOUT\$|(?:COM|LPT)[1-9¹²³]) *(?:\.|$)/iu;

export const reservedFilesystemName: Rule = {
  name: 'reserved_filesystem_name',
  tier: 'hard',
  checks: {
    name: ({ name, path }) => {
      const device = RESERVED.exec(name)?.[1];
      if (device === undefined) return [];
      return [{ path, message: `${quoted(path)} is named ${quoted(device)}, which is a device on Windows: rename it` }];
    },
  },
};
