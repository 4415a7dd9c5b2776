import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Received {
  readonly method: string;
  readonly path: string;
  /** The path with its query. */
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

export type Handler = (request: Received, response: ServerResponse, attempt: number) => void;

/**
 * A server that misbehaves on purpose: cuts connections, answers nonsense, streams in pieces. The good behaviour is
 * tested against the real control plane.
 */
export class FakeServer {
  readonly received: Received[] = [];
  private readonly handlers = new Map<string, Handler>();
  private readonly attempts = new Map<string, number>();
  private readonly server = createServer((request, response) => void this.answer(request, response));

  static async start(): Promise<FakeServer> {
    const fake = new FakeServer();
    await new Promise<void>((resolve) => fake.server.listen(0, '127.0.0.1', resolve));
    return fake;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** `--server` and `--token` for a command line. */
  get flags(): string[] {
    return ['--server', this.url, '--token', 'secret'];
  }

  /** @param what for example `GET /v1/models`; the query does not count */
  on(what: string, handler: Handler): this {
    this.handlers.set(what, handler);
    return this;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const path = (request.url ?? '').split('?')[0] ?? '';
    const what = `${request.method ?? ''} ${path}`;
    const received = {
      method: request.method ?? '',
      path,
      url: request.url ?? '',
      headers: request.headers,
      body: Buffer.concat(parts),
    };
    this.received.push(received);
    const attempt = (this.attempts.get(what) ?? 0) + 1;
    this.attempts.set(what, attempt);
    const handler = this.handlers.get(what) ?? ((_r, r) => problem(r, 404, 'not-found', `no ${what}`));
    handler(received, response, attempt);
  }
}

export function json(response: ServerResponse, body: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

export function problem(
  response: ServerResponse,
  status: number,
  code: string,
  detail: string,
  more: object = {},
): void {
  const body = { type: `urn:hamon:problem:${code}`, title: code, status, detail, code, ...more };
  response.writeHead(status, { 'content-type': 'application/problem+json' }).end(JSON.stringify(body));
}

/** The connection breaks without an answer. */
export const cut = (response: ServerResponse): void => void response.socket?.destroy();
