import { createRequire } from 'node:module';
import { TestServer, type Launch } from './test-server.js';

/** An S3 server with one bucket. Its keys are the ones that it is made with. */
export class S3Server extends TestServer {
  readonly bucket = 'lab';
  readonly accessKey = 'S3RVER';
  protected readonly greeting = { say: 'GET / HTTP/1.0\r\n\r\n', hear: /^HTTP\/1\.\d \d{3}/ };

  static async start(): Promise<S3Server> {
    return new S3Server(await TestServer.place()).begin();
  }

  get url(): string {
    return `http://${this.host}:${this.port}`;
  }

  protected override prepare(): Promise<void> {
    return Promise.resolve();
  }

  protected launch(): Launch {
    const command = createRequire(import.meta.url).resolve('s3rver/bin/s3rver.js');
    const where = ['--directory', this.folder, '--address', this.host, '--port', String(this.port)];
    return { command: process.execPath, args: [command, ...where, '--configure-bucket', this.bucket] };
  }
}
