import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * A WebDAV server as of ownCloud that tells the checksum of what was uploaded, for ever, whatever has become of the file.
 */
export class EchoWebdav {
  readonly files = new Map<string, { content: Buffer; sha1: string }>();
  readonly #folders = new Set(['/']);
  readonly #server = createServer((request, response) => void this.#answer(request, response));

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** The bytes rot; size and checksum stay. */
  rot(path: string): void {
    const file = this.files.get(path);
    if (file === undefined) throw new Error(`no ${path} among ${[...this.files.keys()].join(', ')}`);
    file.content = Buffer.from(file.content.map((byte) => byte ^ 1));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const content = await bodyOf(request);
    const path = pathOf(request.url ?? '/');
    const file = this.files.get(path);
    const known = file !== undefined || this.#folders.has(path);
    const end = (status: number, body: string | Buffer = '') => response.writeHead(status).end(body);
    if (request.method === 'PUT') {
      this.files.set(path, { content, sha1: createHash('sha1').update(content).digest('hex') });
      return void end(201);
    }
    if (request.method === 'MKCOL') {
      this.#folders.add(path);
      return void end(known ? 405 : 201);
    }
    if (!known) return void end(404);
    if (request.method === 'GET') return void end(200, file?.content ?? '');
    if (request.method === 'PROPFIND') return void end(207, this.#list(path, request.headers['depth'] === '1'));
    return void end(this.#removeOrMove(request, path));
  }

  #removeOrMove({ method, headers }: IncomingMessage, path: string): number {
    const file = this.files.get(path);
    this.files.delete(path);
    if (method !== 'MOVE' || file === undefined) return 204;
    this.files.set(pathOf(String(headers['destination'])), file);
    return 201;
  }

  #list(path: string, withChildren: boolean): string {
    const all = [...this.files.keys(), ...this.#folders];
    const below = (other: string) =>
      other !== path && other.slice(0, other.lastIndexOf('/')) === path.replace(/\/$/u, '');
    const shown = [path, ...(withChildren ? all.filter(below) : [])].map((each) => this.#entry(each)).join('');
    return `<?xml version="1.0"?><d:multistatus xmlns:d="DAV:" xmlns:oc="http://owncloud.org/ns">${shown}</d:multistatus>`;
  }

  #entry(path: string): string {
    const file = this.files.get(path);
    const props =
      file === undefined
        ? '<d:resourcetype><d:collection/></d:resourcetype>'
        : `<d:resourcetype/><d:getcontentlength>${file.content.length}</d:getcontentlength><oc:checksums><oc:checksum>SHA1:${file.sha1}</oc:checksum></oc:checksums>`;
    const href = encodeURI(file === undefined && path !== '/' ? `${path}/` : path);
    const time = '<d:getlastmodified>Thu, 01 Jan 2026 00:00:00 GMT</d:getlastmodified>';
    return `<d:response><d:href>${href}</d:href><d:propstat><d:prop>${time}${props}</d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response>`;
  }
}

const pathOf = (url: string): string =>
  decodeURIComponent(new URL(url, 'http://host').pathname).replace(/(?<=.)\/+$/u, '');

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
