import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TestServer, type Launch } from './test-server.js';

/** rclone as a WebDAV server: one process, whose sessions cannot be killed apart from it. */
export class WebdavServer extends TestServer {
  readonly password = randomUUID();
  protected readonly greeting = { say: 'GET / HTTP/1.0\r\n\r\n', hear: /^HTTP\/1\.\d 401/ };

  static async start(): Promise<WebdavServer> {
    return new WebdavServer(await TestServer.place()).begin();
  }

  get url(): string {
    return `http://${this.host}:${this.port}/`;
  }

  /** Breaks every connection; for the moment that the restart takes, new ones are refused. */
  override async cut(): Promise<void> {
    await this.goDown();
    await this.comeUp();
  }

  protected async prepare(): Promise<void> {
    await writeFile(join(this.root, 'rclone.conf'), '');
  }

  protected launch(): Launch {
    // Without a cache of folders, what a test changes on the disk is seen at once.
    const fresh = ['--dir-cache-time', '0s', '--cache-dir', join(this.root, 'cache')];
    const where = ['--addr', `${this.host}:${this.port}`, '--config', join(this.root, 'rclone.conf')];
    return {
      command: 'rclone',
      args: ['serve', 'webdav', this.folder, ...where, ...fresh],
      env: { RCLONE_USER: this.user, RCLONE_PASS: this.password },
    };
  }
}
