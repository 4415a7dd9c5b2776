import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { InferenceResult } from '@hamon/contracts';

export const CLOUD_RESULT: InferenceResult = {
  schema: 'hamon.result/2',
  model: 'surface-inspection',
  version: '2.0.0',
  variant: 'fp32',
  task: 'classification',
  source: 'cloud',
  latencyMs: 1,
  frame: { width: 96, height: 96 },
  output: { label: 'good', confidence: 1, probabilities: [0, 1, 0, 0] },
};

export interface ReceivedRequest {
  readonly url: string;
  readonly authorization: string | undefined;
  readonly contentType: string | undefined;
  readonly accept: string | undefined;
  readonly body: Buffer;
}

export type Behaviour = (request: ReceivedRequest, response: ServerResponse) => void;

export const answers: Behaviour = (_, response) => {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(CLOUD_RESULT));
};
export const fails: Behaviour = (_, response) => void response.writeHead(503).end();
/** Keeps the request open for ever. */
export const silent: Behaviour = () => undefined;

/** A real HTTP server whose behaviour a test changes on the way. */
export class CloudServer {
  behaviour: Behaviour = answers;
  readonly received: ReceivedRequest[] = [];
  private readonly server = createServer((request, response) => void this.handle(request, response));

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    const received = {
      url: request.url ?? '',
      authorization: request.headers.authorization,
      contentType: request.headers['content-type'],
      accept: request.headers.accept,
      body: Buffer.concat(pieces),
    };
    this.received.push(received);
    this.behaviour(received, response);
  }
}
