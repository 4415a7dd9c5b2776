import { MAX_CHUNK_SUBSCRIPTIONS, mayPublish, maySubscribe, messageSpec, parseTopic } from '@hamon/contracts';
import { TokenBucket } from '../../platform/token-bucket.js';

/** What a device may send on average and at once; normal telemetry stays two orders of magnitude below. */
const MESSAGES_PER_SECOND = 50;
const MESSAGE_BURST = 400;
const BYTES_PER_SECOND = 1024 ** 2;
const BYTE_BURST = 8 * 1024 ** 2;

/** The parts of a PUBLISH, or of a will, that rules speak of. */
export interface Publication {
  readonly topic: string;
  readonly payload: string | Buffer;
  readonly qos: 0 | 1 | 2;
}

/** What one authenticated device may do on its connection: the contracts' topic rules, sizes and rates. */
export class BrokerSession {
  private readonly chunks = new Set<string>();
  private readonly messages: TokenBucket;
  private readonly bytes: TokenBucket;

  constructor(
    readonly fleet: string,
    readonly device: string,
    /** The key that let it in: `x` of the device's JWK. */
    readonly key: string,
    readonly expiresAt: Date,
    nowMs: number,
  ) {
    this.messages = new TokenBucket(MESSAGES_PER_SECOND, MESSAGE_BURST, nowMs);
    this.bytes = new TokenBucket(BYTES_PER_SECOND, BYTE_BURST, nowMs);
  }

  /** The broken rule, or undefined where the message may pass. */
  refusePublish({ topic, payload, qos }: Publication): string | undefined {
    if (!mayPublish(this.fleet, this.device, topic)) return `may not publish to "${clip(topic)}"`;
    const name = parseTopic(topic)?.name;
    const limit = name === undefined ? 0 : messageSpec(name).maxBytes;
    const lengthBytes = Buffer.byteLength(payload);
    if (lengthBytes > limit) return `${name} of ${lengthBytes} bytes, at most ${limit}`;
    return qos > 1 ? 'QoS 2 is not used' : undefined;
  }

  /** How long a message has to wait so that one device's flood delays only that device. */
  throttleMs({ payload }: Publication, nowMs: number): number {
    return Math.max(this.messages.take(1, nowMs), this.bytes.take(Buffer.byteLength(payload), nowMs));
  }

  /** The broken rule, or undefined where the subscription is granted (and counted). */
  refuseSubscribe(filter: string): string | undefined {
    if (!maySubscribe(this.fleet, this.device, filter)) return `may not subscribe to "${clip(filter)}"`;
    const name = parseTopic(filter)?.name;
    // A device has few topics of its own; topics for all devices are unlimited.
    const isChunk = name !== undefined && messageSpec(name).direction === 'to-all-devices';
    if (!isChunk || this.chunks.has(filter)) return undefined;
    if (this.chunks.size >= MAX_CHUNK_SUBSCRIPTIONS) {
      return `more than ${MAX_CHUNK_SUBSCRIPTIONS} chunk subscriptions`;
    }
    this.chunks.add(filter);
    return undefined;
  }

  unsubscribed(filter: string): void {
    this.chunks.delete(filter);
  }
}

const clip = (text: string): string => (text.length > 80 ? `${text.slice(0, 80)}…` : text);
