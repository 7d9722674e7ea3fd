import type { LinkPolicy } from '../../run/walk.js';
import { Bench, type Proofs } from './fixture.js';
import { HASH } from './hash.js';
import { IDENTITY } from './identity.js';
import { INTERRUPTED } from './interrupted.js';
import { LIST } from './list.js';
import { CANARY, FETCH, META_FILES } from './metadata.js';
import { NAMES } from './names.js';
import { FOLLOWED, PUSH } from './push.js';
import { SET_ASIDE } from './set-aside.js';
import type { ContractCase, ContractSetup } from './target.js';

const PROOFS: Proofs = {
  ...IDENTITY,
  ...PUSH,
  ...NAMES,
  ...HASH,
  ...LIST,
  ...SET_ASIDE,
  ...META_FILES,
  ...FETCH,
  ...CANARY,
  ...INTERRUPTED,
};

/**
 * What every transport must do, a host's own included; for any test framework. Each case has a target of its own.
 *
 * @example
 * for (const { name, run } of transportContract(({ links }) => freshTarget(links))) it(name, run);
 */
export const transportContract = (setup: ContractSetup): readonly ContractCase[] => [
  ...casesOf(PROOFS, setup, 'keep'),
  ...casesOf(FOLLOWED, setup, 'follow'),
];

const casesOf = (proofs: Proofs, setup: ContractSetup, links: LinkPolicy): ContractCase[] =>
  Object.entries(proofs).map(([name, prove]) => ({
    name,
    run: async () => {
      const bench = await Bench.open(setup, links);
      try {
        await prove(bench);
      } finally {
        await bench.close();
      }
    },
  }));
