import { configSchema, type CleanupPolicy, type Config } from '../config/schema.js';
import type { PolicyChange } from '../events.js';
import type { AcceptedPolicies as Stored, PolicyAcceptance, PolicyStore } from '../persistence/policy-store.js';
import { loosenedIn, policyInForce } from './policy-in-force.js';

/** A policy that counts. */
export interface PolicyInForce extends CleanupPolicy {
  /** The configuration permits deletions, and nobody has accepted that yet. */
  readonly unaccepted: boolean;
}

export interface Loosened {
  readonly equipmentId: string;
  readonly changes: readonly PolicyChange[];
}

type Word = Omit<PolicyAcceptance, 'changes'>;

/** Which cleanup policy counts for each equipment: the configured one, and what was accepted where that is stricter. */
export class AcceptedPolicies {
  readonly #store: PolicyStore;
  readonly #configured: CleanupPolicy;
  readonly #equipmentIds: readonly string[];
  #accepted: ReadonlyMap<string, CleanupPolicy>;
  #version = 0;

  private constructor(store: PolicyStore, config: Config, stored: Stored<CleanupPolicy>) {
    this.#store = store;
    this.#configured = config.nasCleanup;
    this.#equipmentIds = idsOf(config);
    this.#accepted = new Map(Object.entries(stored.equipment));
  }

  /**
   * What is stricter than what was accepted is stored at once. The first start of a queue accepts what is configured. A
   * process that only asks (`drives: false`) stores nothing: no run is proven under its policy.
   */
  static async open(store: PolicyStore, config: Config, { drives }: { drives: boolean }): Promise<AcceptedPolicies> {
    const configured = config.nasCleanup;
    if (!drives) {
      const stored = await store.read<CleanupPolicy>();
      return new AcceptedPolicies(store, config, stored ?? { equipment: {}, acceptances: [] });
    }
    const stored = await store.change<CleanupPolicy>(async (before, hasJobs) => {
      const equipment: Record<string, CleanupPolicy> = { ...before?.equipment };
      for (const id of idsOf(config)) {
        const accepted = before?.equipment[id] ?? null;
        // With jobs it was here before, under a policy that nobody wrote down: none that is known may be loosened for it.
        const unknown = before !== null && accepted === null && (await hasJobs(id));
        const floor = unknown ? strictest(Object.values(before.equipment)) : accepted;
        equipment[id] = floor === null ? configured : policyInForce(floor, configured);
      }
      return { equipment, acceptances: before?.acceptances ?? [] };
    });
    return new AcceptedPolicies(store, config, stored);
  }

  inForce(equipmentId: string): PolicyInForce {
    const policy = policyInForce(this.#acceptedFor(equipmentId), this.#configured);
    return { ...policy, unaccepted: this.#configured.enabled && !policy.enabled };
  }

  /** The equipments whose configured policy permits more than what was accepted. */
  get loosened(): Loosened[] {
    return this.#equipmentIds
      .map((equipmentId) => ({ equipmentId, changes: this.loosenedFor(equipmentId) }))
      .filter(({ changes }) => changes.length > 0);
  }

  loosenedFor(equipmentId: string): PolicyChange[] {
    return loosenedIn(this.#acceptedFor(equipmentId), this.#configured);
  }

  /** Rises whenever another policy counts than before. */
  get version(): number {
    return this.#version;
  }

  /** Another process may have tightened or accepted it since. */
  async refresh(): Promise<void> {
    const stored = await this.#store.read<CleanupPolicy>();
    if (stored !== null) this.#take(stored);
  }

  /** The configured policy counts from now on. Gives what that permits; stores nothing where it permits nothing new. */
  async accept(word: Word): Promise<Loosened[]> {
    let accepted: Loosened[] = [];
    const stored = await this.#store.change<CleanupPolicy>((before) => {
      if (before !== null) this.#take(before);
      accepted = this.loosened;
      const equipment = { ...before?.equipment };
      for (const id of this.#equipmentIds) equipment[id] = this.#configured;
      const changes = Object.fromEntries(accepted.map((one) => [one.equipmentId, one.changes]));
      const acceptances = before?.acceptances ?? [];
      return Promise.resolve({
        equipment,
        acceptances: accepted.length === 0 ? acceptances : [...acceptances, { ...word, changes }],
      });
    });
    this.#take(stored);
    return accepted;
  }

  #take({ equipment }: Stored<CleanupPolicy>): void {
    const before = JSON.stringify([...this.#accepted]);
    this.#accepted = new Map(Object.entries(equipment));
    if (JSON.stringify([...this.#accepted]) !== before) this.#version += 1;
  }

  #acceptedFor(equipmentId: string): CleanupPolicy {
    return this.#accepted.get(equipmentId) ?? this.#configured;
  }
}

const idsOf = ({ equipment }: Config): string[] => equipment.map(({ id }) => id);

/** The defaults are what a queue of which nothing is known was most likely proven under. */
const strictest = (policies: readonly CleanupPolicy[]): CleanupPolicy =>
  policies.reduce(policyInForce, configSchema.parse({ equipment: [] }).nasCleanup);
