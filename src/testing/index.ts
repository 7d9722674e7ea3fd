/** What hosts need to test their own use of the engine, without a NAS and without waiting. */
export { MemoryTransport } from './memory-transport.js';
export { SimulatedClock } from './simulated-clock.js';
