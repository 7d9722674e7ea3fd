import { RULES } from 'nas-sync';
import { describe, expect, it } from 'vitest';
import { expectOverridable } from '#dist/gate/finding-classes.js';

const refusal = (problemClass: string, ofHost: readonly string[] = []): string => {
  try {
    expectOverridable(problemClass, ofHost);
  } catch (error) {
    return (error as Error).message;
  }
  return 'none';
};

describe('an override may name', () => {
  it('every hard rule', () => {
    const hard = RULES.filter(({ tier }) => tier === 'hard').map(({ name }) => name);
    expect(hard).toHaveLength(8);
    expect(hard.map((rule) => refusal(rule))).toEqual(hard.map(() => 'none'));
  });

  it('what a host’s own rules find in the run', () => {
    expect(refusal('house_rule', ['house_rule'])).toBe('none');
  });
});

describe('an override may not name', () => {
  it('a class that nobody knows, and is told the closest one', () => {
    expect(refusal('ilegal_filesystem_char')).toContain('did you mean illegal_filesystem_character?');
    expect(refusal('Name-Collision')).toContain('did you mean name_collision?');
    expect(refusal('hous_rule', ['house_rule'])).toContain('did you mean house_rule?');
  });

  it('a class that is like none, and is told them all', () => {
    expect(refusal('x\n')).toMatch(/^x\\n is no class of findings that refuses a run; there are unresolved.*entry$/);
  });

  it.each(['orphan', 'missing_required_field', 'synced_under_prior_policy'])('what is soft: %s', (soft) => {
    expect(refusal(soft)).toContain('nothing to override');
  });

  it.each(['record_missing', 'record_invalid'])('%s, even if a host’s rules say so', (rule) => {
    expect(refusal(rule, [rule])).toContain('cannot be overridden');
  });
});
