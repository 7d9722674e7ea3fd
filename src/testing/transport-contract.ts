import type { LinkPolicy } from '../run/walk.js';
import { Bench, type Proofs } from './transport-contract-bench.js';
import { HASH } from './transport-contract-hash.js';
import { IDENTITY } from './transport-contract-identity.js';
import { INTERRUPTED } from './transport-contract-interrupted.js';
import { LIST } from './transport-contract-list.js';
import { CANARY, FETCH, META_FILES } from './transport-contract-meta.js';
import { NAMES } from './transport-contract-names.js';
import { FOLLOWED, PUSH } from './transport-contract-push.js';
import { SET_ASIDE } from './transport-contract-set-aside.js';
import type { ContractCase, ContractSetup } from './transport-contract-target.js';

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
