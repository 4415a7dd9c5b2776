import { Agent as HttpAgent, request as requestHttp, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import type { WebhookHeaders } from '@hamon/trust';
import { within } from '../../../adapters/within.js';
import { answerOf, type WebhookAnswer } from './answer-of.js';

/** We stop reading an answer that is longer. */
const MOST_ANSWER_BYTES = 4096;

/** A receiver, and the one connection to it that is kept. */
export class WebhookReceiver {
  private readonly agent: HttpAgent | HttpsAgent;
  private readonly request: typeof requestHttp;

  constructor(
    private readonly url: URL,
    private readonly timeoutMs: number,
  ) {
    const isEncrypted = url.protocol === 'https:';
    this.request = isEncrypted ? requestHttps : requestHttp;
    const kept = { keepAlive: true, maxSockets: 1 };
    this.agent = isEncrypted ? new HttpsAgent(kept) : new HttpAgent(kept);
  }

  /**
   * One attempt. Never rejects; it costs the time and a few kilobytes at most, whatever a receiver does. Nobody configured where
   * a redirect leads, so that none is followed.
   */
  async post(headers: WebhookHeaders, body: Uint8Array, signal: AbortSignal): Promise<WebhookAnswer> {
    return within(this.timeoutMs, signal, (limited) => this.attempt(headers, body, limited));
  }

  close(): void {
    this.agent.destroy();
  }

  private async attempt(
    headers: WebhookHeaders,
    body: Uint8Array,
    signal: AbortSignal,
  ): Promise<WebhookAnswer> {
    try {
      const response = await this.send(headers, body, signal);
      await discarded(response);
      return answerOf(response.statusCode ?? 0, response.headers['retry-after'], new Date());
    } catch (cause) {
      const isLate = (signal.reason as Error | undefined)?.name === 'TimeoutError';
      const why = isLate ? `no answer within ${this.timeoutMs / 1000} s` : reasonOf(cause);
      return { kind: 'failed', why: why.slice(0, 200) };
    }
  }

  private send(headers: WebhookHeaders, body: Uint8Array, signal: AbortSignal): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const sending = this.request(
        this.url,
        {
          method: 'POST',
          headers: {
            'content-type': 'application/json',
            'content-length': body.byteLength,
            'user-agent': 'hamon-agent',
            ...headers,
          },
          ...{ agent: this.agent, signal, maxHeaderSize: 16 * 1024 },
        },
        resolve,
      );
      sending.on('error', (cause: NodeJS.ErrnoException) => {
        // The receiver closed a connection that it had kept so far, while we wrote into it.
        const isStale = sending.reusedSocket && cause.code === 'ECONNRESET' && !signal.aborted;
        if (isStale) resolve(this.send(headers, body, signal));
        else reject(cause);
      });
      sending.end(body);
    });
  }
}

/**
 * Read as far as keeps the connection usable, then cut. The status was the answer: what follows it does not matter, nor
 * that it ends badly or never; the time limit of the attempt holds for it too.
 */
function discarded(response: IncomingMessage): Promise<void> {
  return new Promise((resolve) => {
    let bytes = 0;
    response.on('data', (piece: Buffer) => {
      bytes += piece.length;
      if (bytes > MOST_ANSWER_BYTES) response.destroy();
    });
    response.on('error', () => undefined);
    response.on('close', resolve);
  });
}

/** Several addresses of one name fail together; the first one says enough. */
function reasonOf(cause: unknown): string {
  const first = cause instanceof AggregateError ? (cause.errors[0] as unknown) : cause;
  return first instanceof Error ? first.message : String(first);
}
