import { unreadableEntry, unsupportedEntry } from './entries.js';
import { malformedYamlFrontMatter } from './front-matter.js';
import { illegalFilesystemCharacter } from './illegal-character.js';
import { leftoverJinjaMarker } from './leftover-jinja.js';
import { modePrefixMismatch } from './mode-prefix.js';
import { nameCollision } from './name-collision.js';
import { missingRequiredField } from './required-field.js';
import { reservedFilesystemName } from './reserved-name.js';
import type { Rule } from './rule.js';
import { unresolvedPlaceholderToken } from './unresolved-placeholder.js';

/** The built-in rules. Findings about one path come in this order. */
export const RULES: readonly Rule[] = Object.freeze([
  unresolvedPlaceholderToken,
  leftoverJinjaMarker,
  illegalFilesystemCharacter,
  reservedFilesystemName,
  modePrefixMismatch,
  nameCollision,
  unsupportedEntry,
  unreadableEntry,
  malformedYamlFrontMatter,
  missingRequiredField,
]);
