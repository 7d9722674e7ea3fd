import { MOST_LEVELS } from '../../run/nesting.js';
import { quoted, type Rule } from './rule.js';

export const malformedYamlFrontMatter: Rule = {
  name: 'malformed_yaml_front_matter',
  tier: 'soft',
  checks: {
    text: ({ path, part }) => {
      if (part === 'too deep front matter') {
        const deep = `the front matter of ${quoted(path)} is nested deeper than ${MOST_LEVELS} levels: nobody can read its keys; write it flatter`;
        return [{ path, message: deep }];
      }
      if (part !== 'unclosed front matter') return [];
      const message = `line 1 of ${quoted(path)} is "---", and no second "---" ends the front matter: close it, or remove the line`;
      return [{ path, message }];
    },
  },
};
