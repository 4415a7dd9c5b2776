import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ResultRecord } from '@hamon/contracts';

const MOST_BODY_BYTES = 256 * 1024;
/** Of the sender's clock: an older signature may have been recorded. */
const MOST_SKEW_SECONDS = 300;
const MOST_IDS = 100_000;

/** Takes webhooks as their receivers should: by their signature (Standard Webhooks), and each once. */
export class WebhookReceiver {
  private readonly key = randomBytes(32);
  private readonly ids = new Set<string>();
  private refusals: string[] = [];

  private constructor(private readonly server: Server) {
    server.on('request', (request: IncomingMessage, response) => {
      this.take(request).then(
        () => response.writeHead(204).end(),
        (cause: unknown) => {
          this.refusals.push((cause as Error).message);
          response.writeHead(400).end();
        },
      );
    });
  }

  static async start(): Promise<WebhookReceiver> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new WebhookReceiver(server);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/defects`;
  }

  /** As the device is given it. */
  get secret(): string {
    return `whsec_${this.key.toString('base64')}`;
  }

  /** Deliveries whose signature is right, each once. */
  get received(): number {
    return this.ids.size;
  }

  get refused(): readonly string[] {
    return this.refusals;
  }

  stop(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  private async take(request: IncomingMessage): Promise<void> {
    const body = await bodyOf(request);
    const id = header(request, 'webhook-id');
    const timestamp = header(request, 'webhook-timestamp');
    if (!(Math.abs(Date.now() / 1000 - Number(timestamp)) <= MOST_SKEW_SECONDS)) {
      throw new Error('its time is far from ours');
    }
    const expected = createHmac('sha256', this.key).update(`${id}.${timestamp}.`).update(body).digest();
    const signatures = header(request, 'webhook-signature').split(' ');
    const isOurs = signatures.some((text) => isSame(text, expected));
    if (!isOurs) throw new Error('its signature is wrong');
    const { verdict } = ResultRecord.parse(JSON.parse(body.toString()));
    if (verdict !== 'defect') throw new Error(`it tells of no defect, but of ${verdict ?? 'nothing'}`);
    if (this.ids.size < MOST_IDS) this.ids.add(id);
  }
}

function isSame(text: string, expected: Buffer): boolean {
  const given = Buffer.from(text.replace(/^v1,/, ''), 'base64');
  return text.startsWith('v1,') && given.length === expected.length && timingSafeEqual(given, expected);
}

function header(request: IncomingMessage, name: string): string {
  const value = request.headers[name];
  if (typeof value !== 'string') throw new Error(`it has no ${name}`);
  return value;
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of request as AsyncIterable<Buffer>) {
    length += piece.length;
    if (length > MOST_BODY_BYTES) throw new Error('its body is too long');
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}
