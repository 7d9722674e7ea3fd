import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { freePort } from '../../support/servers/free-port.js';
import { Relay, type RelayOptions } from '../../support/servers/relay.js';
import { untilTestEnds } from '../../support/servers/until-test-ends.js';
import { settlesWithin, until } from './clients.js';

const CHUNK = Buffer.alloc(64 * 1024, 'x');

/** A server that sends back what it gets, or only counts it, behind a relay. */
async function makeWay({ echoes = true, ...options }: Partial<RelayOptions> & { echoes?: boolean } = {}) {
  const far = { received: 0, closed: 0 };
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('data', (chunk) => (far.received += chunk.length)).on('error', () => undefined);
    socket.on('close', () => (far.closed += 1));
    if (echoes) socket.pipe(socket);
    else socket.on('end', () => socket.end());
  }).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const relay = await untilTestEnds(Relay.start({ to: (server.address() as AddressInfo).port, ...options }));
  return { relay, far, dial: () => dialTo(relay) };
}

async function dialTo({ port }: Relay): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  onTestFinished(() => void socket.destroy());
  await once(socket, 'connect');
  return socket.on('error', () => undefined);
}

const closed = (socket: Socket): Promise<unknown> => new Promise((resolve) => socket.resume().on('close', resolve));

async function roundTripMs(socket: Socket): Promise<number> {
  const start = performance.now();
  socket.write('x');
  await once(socket, 'data');
  return performance.now() - start;
}

async function send(socket: Socket, chunks: number): Promise<void> {
  for (let sent = 0; sent < chunks; sent += 1) if (!socket.write(CHUNK)) await once(socket, 'drain');
}

it('25 ms each way are 50 ms of round trip', async () => {
  const { dial, relay } = await makeWay({ delayMs: 25 });
  const socket = await dial();
  const trips: number[] = [];
  for (let count = 0; count < 5; count += 1) trips.push(await roundTripMs(socket));
  expect(Math.min(...trips)).toBeGreaterThanOrEqual(49);
  expect(Math.min(...trips)).toBeLessThan(75);
  expect(relay.connections).toBe(1);
});

it('a long way takes as many bytes a second as a short one', async () => {
  const { dial, relay, far } = await makeWay({ delayMs: 25, echoes: false });
  const socket = await dial();
  const start = performance.now();
  await send(socket, 3200);
  socket.end();
  await once(socket.resume(), 'end');
  const megabytesPerSecond = (3200 * CHUNK.length) / 1000 / (performance.now() - start);
  expect(far.received).toBe(3200 * CHUNK.length);
  expect(relay.bytes).toBe(far.received);
  expect(megabytesPerSecond).toBeGreaterThan(100);
});

it('a cut breaks both sides, and the next connection works', async () => {
  const { dial, relay, far } = await makeWay();
  const socket = await dial();
  await roundTripMs(socket);
  relay.cut();
  await closed(socket);
  await until(() => far.closed === 1);
  await roundTripMs(await dial());
  expect(relay.connections).toBe(2);
});

it('a stalled relay passes nothing and breaks nothing', async () => {
  const { dial, relay, far } = await makeWay();
  const socket = await dial();
  await roundTripMs(socket);
  relay.stall();
  const trip = roundTripMs(socket);
  const later = dial().then(roundTripMs);
  expect(await settlesWithin(trip, 300)).toBe(false);
  expect(await settlesWithin(later, 10)).toBe(false);
  expect(far.received).toBe(1);
  relay.flow();
  await Promise.all([trip, later]);
  expect(far.received).toBe(3);
});

it('whoever sends to a stalled relay is held up, too', async () => {
  const { dial, relay } = await makeWay({ echoes: false });
  const socket = await dial();
  relay.stall();
  expect(await settlesWithin(send(socket, 3200), 500)).toBe(false);
  relay.flow();
  await until(() => relay.bytes > 100 * CHUNK.length);
});

it('whoever sends to a server that takes nothing is held up, too', async () => {
  const deaf = createServer({ pauseOnConnect: true }).listen(0, '127.0.0.1');
  onTestFinished(() => void deaf.close());
  await once(deaf, 'listening');
  const relay = await untilTestEnds(Relay.start({ to: (deaf.address() as AddressInfo).port }));
  expect(await settlesWithin(send(await dialTo(relay), 3200), 500)).toBe(false);
});

it('a relay that refuses breaks new connections and keeps the old', async () => {
  const { dial, relay } = await makeWay();
  const old = await dial();
  await roundTripMs(old);
  relay.refuse();
  await closed(await dial());
  await roundTripMs(old);
  relay.accept();
  await roundTripMs(await dial());
});

it('cuts after so many bytes, once', async () => {
  const { dial, relay, far } = await makeWay({ echoes: false });
  relay.cutAfter(10 * CHUNK.length);
  const socket = await dial();
  send(socket, 3200).catch(() => undefined);
  await closed(socket);
  expect(relay.bytes).toBeGreaterThanOrEqual(10 * CHUNK.length);
  expect(relay.bytes).toBeLessThan(40 * CHUNK.length);
  await until(() => far.closed === 1);
  await send(await dial(), 20);
  await until(() => relay.bytes > 30 * CHUNK.length);
});

it('whoever comes is cut off where no server listens', async () => {
  const relay = await untilTestEnds(Relay.start({ to: await freePort() }));
  await closed(await dialTo(relay));
});

it('what is under way arrives before the end does', async () => {
  const { dial } = await makeWay({ delayMs: 25 });
  const socket = await dial();
  socket.end('last words');
  let heard = '';
  socket.on('data', (chunk) => (heard += chunk.toString()));
  await closed(socket);
  expect(heard).toBe('last words');
});
