import type { PlantMessage, PlantSession, PublishToPlant } from '../../adapters/plant-session.js';
import type { SparkplugCodec, SparkplugMetric } from '../../adapters/sparkplug-payload.js';
import { sparkplugShape } from './sparkplug-metrics.js';

export interface SparkplugNodeOptions {
  readonly group: string;
  readonly node: string;
  readonly codec: SparkplugCodec;
  /** 0 to 255, the following one for each connection. */
  readonly nextConnection: () => Promise<number>;
  readonly now: () => Date;
}

type MessageType = 'NBIRTH' | 'NDEATH' | 'NCMD' | 'DBIRTH' | 'DDATA' | 'DDEATH';

const REBIRTH = 'Node Control/Rebirth';
/** `seq` counts from 0 to 255 (Sparkplug 3.0.0, 6.4.4). */
const ROUND = 256;

/**
 * A Sparkplug B edge node, each stream of which is a device of it: what it says, in which order and by which numbers.
 * A host that has seen the birth certificates knows every metric; whatever it misses shows in the numbers, and it asks for
 * a rebirth.
 */
export class SparkplugNode implements PlantSession {
  /** What each stream said last, of as many streams as the configuration names. */
  private readonly streams = new Map<string, readonly SparkplugMetric[]>();
  /** Streams whose birth certificate, by its shape, was sent on this connection. */
  private readonly born = new Map<string, string>();
  private seq = 0;
  /** Ties a death certificate to the birth of the same connection: the broker may tell an old death late. */
  private bdSeq = 0;

  constructor(private readonly options: SparkplugNodeOptions) {}

  get commandTopic(): string {
    return this.topic('NCMD');
  }

  async will(): Promise<PlantMessage> {
    this.bdSeq = await this.options.nextConnection();
    return this.death();
  }

  async greet(publish: PublishToPlant): Promise<void> {
    await Promise.all(this.births().map(publish));
  }

  /** The broker keeps a will to itself where a client leaves in peace. */
  takeLeave(publish: PublishToPlant): Promise<void> {
    return publish(this.death());
  }

  /** Of the node and all its streams, from `seq` 0 on. To be sent in this order, with nothing between. */
  births(): PlantMessage[] {
    this.seq = 0;
    this.born.clear();
    const node = this.numbered('NBIRTH', [
      this.bdSeqMetric(),
      { name: REBIRTH, type: 'Boolean', value: false },
    ]);
    return [node, ...[...this.streams].map(([stream, metrics]) => this.birth(stream, metrics))];
  }

  /** How many messages `births` are. */
  get birthCount(): number {
    return 1 + this.streams.size;
  }

  /** What a stream says: a birth certificate where its metrics are new, data where they are known. */
  say(stream: string, metrics: readonly SparkplugMetric[]): PlantMessage {
    this.streams.set(stream, metrics);
    if (this.born.get(stream) !== sparkplugShape(metrics)) return this.birth(stream, metrics);
    return this.numbered('DDATA', metrics, stream);
  }

  /** It is known to the next birth; nothing is said now. */
  remember(stream: string, metrics: readonly SparkplugMetric[]): void {
    this.streams.set(stream, metrics);
  }

  /** A stream that is no more: the next birth is without it; nothing is said now. */
  forget(stream: string): void {
    this.streams.delete(stream);
  }

  /** A stream that is no more: its death certificate, where its birth was told on this connection. */
  bury(stream: string): PlantMessage | undefined {
    this.forget(stream);
    return this.born.delete(stream) ? this.numbered('DDEATH', [], stream) : undefined;
  }

  /** @param payload of `commandTopic`; whatever else it may hold asks for nothing */
  asksForRebirth(payload: Uint8Array): boolean {
    try {
      return this.options.codec
        .decode(payload)
        .metrics.some(({ name, value }) => name === REBIRTH && value === true);
    } catch {
      return false;
    }
  }

  private birth(stream: string, metrics: readonly SparkplugMetric[]): PlantMessage {
    this.born.set(stream, sparkplugShape(metrics));
    return this.numbered('DBIRTH', metrics, stream);
  }

  private death(): PlantMessage {
    const { codec, now } = this.options;
    const payload = codec.encode({ timestamp: now().getTime(), metrics: [this.bdSeqMetric()] });
    return { topic: this.topic('NDEATH'), payload, qos: 1, retain: false };
  }

  private numbered(type: MessageType, metrics: readonly SparkplugMetric[], stream?: string): PlantMessage {
    const { codec, now } = this.options;
    const payload = codec.encode({ timestamp: now().getTime(), seq: this.seq, metrics });
    this.seq = (this.seq + 1) % ROUND;
    return { topic: this.topic(type, stream), payload, qos: 0, retain: false };
  }

  private bdSeqMetric(): SparkplugMetric {
    return { name: 'bdSeq', type: 'Int64', value: this.bdSeq };
  }

  private topic(type: MessageType, stream?: string): string {
    const { group, node } = this.options;
    return ['spBv1.0', group, type, node, ...(stream === undefined ? [] : [stream])].join('/');
  }
}
