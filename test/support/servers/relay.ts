import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { freePort, LOOPBACK } from './free-port.js';
import { HeldDirection } from './held-direction.js';

export interface RelayOptions {
  /** The port of the loopback that it leads to. */
  readonly to: number;
  /** Of each direction; what a round trip takes longer is twice that. */
  readonly delayMs?: number;
}

/** A way to a server that can be long, blocked and cut. */
export class Relay {
  readonly port: number;
  /** How many connections it has let through so far. */
  connections = 0;
  /** How many bytes have gone towards the server so far. */
  bytes = 0;
  readonly #to: number;
  readonly #delayMs: number;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #directions = new Set<HeldDirection>();
  #isStalled = false;
  #refuses = false;
  #lastByte = Infinity;

  private constructor(port: number, { to, delayMs = 0 }: RelayOptions) {
    this.port = port;
    this.#to = to;
    this.#delayMs = delayMs;
    this.#server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => this.#connect(client));
  }

  static async start(options: RelayOptions): Promise<Relay> {
    const relay = new Relay(await freePort(), options);
    relay.#server.listen(relay.port, LOOPBACK);
    await once(relay.#server, 'listening');
    return relay;
  }

  /** Breaks every connection at once. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Cuts once so many further bytes have gone towards the server. */
  cutAfter(bytes: number): void {
    this.#lastByte = this.bytes + bytes;
  }

  /** Connections stay, old and new, but nothing passes. */
  stall(): void {
    this.#isStalled = true;
    for (const direction of this.#directions) direction.stall();
  }

  flow(): void {
    this.#isStalled = false;
    for (const direction of this.#directions) direction.flow();
  }

  /** Breaks new connections at once. */
  refuse(): void {
    this.#refuses = true;
  }

  accept(): void {
    this.#refuses = false;
  }

  async stop(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.cut();
    await closed;
  }

  #connect(client: Socket): void {
    if (this.#refuses) {
      client.destroy();
      return;
    }
    this.connections += 1;
    const server = connect({ port: this.#to, host: LOOPBACK, allowHalfOpen: true, noDelay: true });
    const directions = [
      new HeldDirection(client, server, this.#delayMs, (bytes) => this.#sent(bytes)),
      new HeldDirection(server, client, this.#delayMs),
    ];
    for (const direction of directions) {
      this.#directions.add(direction);
      if (this.#isStalled) direction.stall();
    }
    for (const socket of [client, server]) {
      this.#sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        this.#sockets.delete(socket);
        for (const direction of directions) this.#directions.delete(direction);
      });
    }
  }

  #sent(bytes: number): void {
    this.bytes += bytes;
    if (this.bytes < this.#lastByte) return;
    this.#lastByte = Infinity;
    this.cut();
  }
}
