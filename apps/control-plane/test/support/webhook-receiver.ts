import { createHmac } from 'node:crypto';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from '@hamon/contracts';

export interface ReceivedWebhook {
  readonly path: string;
  readonly id: string;
  readonly body: string;
  readonly webhook: Webhook;
  /** Verified as a receiver does, by the specification and not with our code. */
  readonly isSigned: boolean;
}

type Behaviour = (response: ServerResponse) => void;

/** A server that takes webhooks, and misbehaves as told: the first behaviour for the first request, and so on. */
export class WebhookReceiver {
  readonly received: ReceivedWebhook[] = [];
  private readonly behaviours: Behaviour[] = [];
  private readonly server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const body = Buffer.concat(parts).toString('utf8');
      const header = (name: string): string => String(request.headers[name] ?? '');
      const signed = `${header('webhook-id')}.${header('webhook-timestamp')}.${body}`;
      const expected = createHmac('sha256', this.key).update(signed).digest('base64');
      this.received.push({
        path: request.url ?? '',
        id: header('webhook-id'),
        body,
        webhook: Webhook.parse(JSON.parse(body)),
        isSigned: header('webhook-signature') === `v1,${expected}`,
      });
      const behave = this.behaviours.shift() ?? ((answer) => void answer.writeHead(204).end());
      behave(response);
    });
  });

  private constructor(readonly key: Uint8Array) {}

  static async start(key: Uint8Array): Promise<WebhookReceiver> {
    const receiver = new WebhookReceiver(key);
    await new Promise<void>((resolve) => receiver.server.listen(0, '127.0.0.1', resolve));
    return receiver;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/hooks`;
  }

  next(...behaviours: Behaviour[]): void {
    this.behaviours.push(...behaviours);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
