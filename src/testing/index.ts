/** What hosts need to test their own use of the engine, without a NAS and without waiting. */
export { MemoryTransport } from './memory-transport.js';
export { ODD_NAMES, type OddName } from './odd-names.js';
export { SimulatedClock } from './simulated-clock.js';
export { transportContract } from './transport-contract/transport-contract.js';
export type { ContractCase, ContractSetup, ContractTarget } from './transport-contract/target.js';
