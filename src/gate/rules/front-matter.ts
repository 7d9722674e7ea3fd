import type { Rule } from './rule.js';
import { quoted } from './words.js';

export const malformedYamlFrontMatter: Rule = {
  name: 'malformed_yaml_front_matter',
  tier: 'soft',
  checks: {
    text: ({ path, part }) => {
      if (part !== 'unclosed front matter') return [];
      const message = `line 1 of ${quoted(path)} is "---", and no second "---" ends the front matter: close it, or remove the line`;
      return [{ path, message }];
    },
  },
};
