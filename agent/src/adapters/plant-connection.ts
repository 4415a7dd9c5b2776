import { setTimeout as delay } from 'node:timers/promises';
import { printable } from '@hamon/contracts';
import type { IPublishPacket, MqttClient } from 'mqtt';
import { AgentError } from '../agent-error.js';
import { backoffMs } from '../core/backoff.js';
import { ConnectionEnd } from './connection-end.js';
import { KEEPALIVE_SECONDS, openPlantClient, plantFault, type PlantClientOptions } from './plant-client.js';
import type { PlantMessage } from './plant-session.js';

export interface PlantConnectionOptions extends PlantClientOptions {
  readonly refusedAgainMs?: number;
}

export interface PlantDelivery {
  readonly payload: Uint8Array;
  /** It was published before this side subscribed. */
  readonly isRetained: boolean;
}

export interface PlantListener {
  readonly onDelivery: (delivery: PlantDelivery) => void;
  /** The broker does not allow it; it is asked again from time to time. */
  readonly onRefused?: (why: string) => void;
  /** It allows it after all. */
  readonly onGranted?: () => void;
}

/** Called with the trouble of the connection, again with each attempt that fails; null when it stands. */
export type OnPlantChange = (trouble: string | null) => void;

const ACKNOWLEDGEMENT_MS = 20_000;
/** Who refuses a subscription is asked again so often: the plant's people may have changed their rules. */
const REFUSED_AGAIN_MS = 30_000;
const LEAVE_MS = 1000;
const BACKOFF = { firstMs: 500, maxMs: 30_000 };
/** A connection that lasted so long was a good one: the next wait begins small again. */
const STABLE_MS = 10_000;
/**
 * Messages that the broker has not confirmed yet: more are refused, so that a slow one costs messages and no memory. The
 * births of all streams fit.
 */
const MOST_IN_FLIGHT = 128;

interface Session {
  readonly client: MqttClient;
  readonly end: ConnectionEnd;
}

interface Subscription extends PlantListener {
  readonly topic: string;
  readonly qos: 0 | 1;
  isRefused: boolean;
}

/**
 * The device's way to a broker of the plant's own: connects, subscribes to what its users ask for, and comes back whenever
 * the connection is lost, for as long as it takes. Nothing is queued here: what cannot be sent now is the caller's matter.
 */
export class PlantConnection {
  private standing: Session | undefined;
  private inFlight = 0;
  private receivedBytes = 0;
  private lastTrouble: string | null = 'it is not connected yet';
  private readonly subscriptions = new Set<Subscription>();
  private readonly watchers = new Set<OnPlantChange>();

  constructor(private readonly options: PlantConnectionOptions) {}

  get isConnected(): boolean {
    return this.standing !== undefined;
  }

  /** Why it is not connected; null where it is. */
  get trouble(): string | null {
    return this.lastTrouble;
  }

  /** Messages that it takes at once. */
  get room(): number {
    return this.standing ? MOST_IN_FLIGHT - this.inFlight : 0;
  }

  /** Returns how to end it. */
  watch(onChange: OnPlantChange): () => void {
    this.watchers.add(onChange);
    return () => void this.watchers.delete(onChange);
  }

  /** Holds over lost connections. Returns how to end it. */
  subscribe(topic: string, qos: 0 | 1, listener: PlantListener): () => void {
    const subscription: Subscription = { ...listener, topic, qos, isRefused: false };
    this.subscriptions.add(subscription);
    this.ask(subscription);
    return () => {
      this.subscriptions.delete(subscription);
      const isWanted = [...this.subscriptions].some((other) => other.topic === topic);
      if (!isWanted) this.standing?.client.unsubscribeAsync(topic).catch(() => undefined);
    };
  }

  /** @throws AgentError `offline` where the broker has not confirmed it, or is too slow */
  async publish(message: PlantMessage): Promise<void> {
    const { standing } = this;
    if (!standing) throw new AgentError('offline', `${this.name}: ${this.lastTrouble}`);
    if (this.inFlight >= MOST_IN_FLIGHT) {
      throw new AgentError('offline', `${this.name} is too slow: ${this.inFlight} messages are unconfirmed`);
    }
    this.inFlight += 1;
    try {
      await this.publishOn(standing, message);
    } finally {
      this.inFlight -= 1;
    }
  }

  /** Goes on until `signal` is aborted; then says that the device is gone, and disconnects. */
  async run(signal: AbortSignal): Promise<void> {
    let failures = 0;
    while (!signal.aborted) {
      const startedMs = performance.now();
      const why = await this.connectOnce(signal).catch((cause: unknown) => (cause as Error).message);
      if (signal.aborted) return;
      failures = performance.now() - startedMs > STABLE_MS ? 0 : failures + 1;
      this.tell(`${this.name}: ${printable(why)}`);
      await delay(backoffMs(Math.max(0, failures - 1), BACKOFF, Math.random()), undefined, { signal }).catch(
        () => undefined,
      );
    }
  }

  private get name(): string {
    return `the plant's broker ${this.options.broker.url}`;
  }

  private tell(trouble: string | null): void {
    this.lastTrouble = trouble;
    for (const onChange of this.watchers) onChange(trouble);
  }

  /** One connection from its beginning to its end; returns why it ended. */
  private async connectOnce(signal: AbortSignal): Promise<string> {
    const client = await openPlantClient(this.options, (piece) => {
      this.receivedBytes += piece.length;
    });
    const end = new ConnectionEnd();
    const standing: Session = { client, end };
    let why = 'the connection was closed';
    client.on('error', (cause) => {
      why = plantFault(cause);
      client.end(true);
    });
    client.once('close', () => end.reach(why));
    client.on('message', (topic, payload, packet) => this.deliver(topic, payload, packet));
    // The library pings after silence only; a broker that sends all the time would miss this side.
    const pings = setInterval(() => {
      if (client.connected) client.sendPing();
    }, KEEPALIVE_SECONDS * 1000).unref();
    const again = setInterval(() => {
      for (const subscription of this.subscriptions) if (subscription.isRefused) this.ask(subscription);
    }, this.options.refusedAgainMs ?? REFUSED_AGAIN_MS).unref();
    const leave = (): void => void this.takeLeave(standing);
    signal.addEventListener('abort', leave, { once: true });
    client.once('connect', () => void this.greet(standing, signal));
    if (signal.aborted) leave();
    try {
      return await end.wait();
    } finally {
      signal.removeEventListener('abort', leave);
      clearInterval(pings);
      clearInterval(again);
      if (this.standing === standing) this.standing = undefined;
      client.end(true);
    }
  }

  private async greet(standing: Session, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    try {
      const asked = new Set<Subscription>();
      for (const subscription of this.subscriptions) {
        await this.subscribeOn(standing, subscription);
        asked.add(subscription);
      }
      await this.options.session?.greet((message) => this.publishOn(standing, message));
      this.standing = standing;
      for (const subscription of this.subscriptions) if (!asked.has(subscription)) this.ask(subscription);
      this.tell(null);
    } catch (cause) {
      // The real reason: "the connection was closed" would make people look at the network.
      standing.end.reach((cause as Error).message);
    }
  }

  private async takeLeave(standing: Session): Promise<void> {
    const { client } = standing;
    // A broker that does not answer must not hold up the device's stop.
    const impatience = setTimeout(() => client.end(true), LEAVE_MS);
    if (this.standing === standing) this.standing = undefined;
    if (client.connected) {
      await this.options.session
        ?.takeLeave((message) => this.publishOn(standing, message))
        .catch(() => undefined);
    }
    client.end(false, () => clearTimeout(impatience));
  }

  private deliver(topic: string, payload: Uint8Array, { retain }: IPublishPacket): void {
    for (const subscription of this.subscriptions) {
      if (subscription.topic === topic) subscription.onDelivery({ payload, isRetained: retain });
    }
  }

  private async publishOn(standing: Session, { topic, payload, qos, retain }: PlantMessage): Promise<void> {
    await this.confirmed(standing, (client) =>
      client.publishAsync(topic, Buffer.from(payload), { qos, retain }),
    );
  }

  /** A connection that does not answer even that is broken. */
  private ask(subscription: Subscription): void {
    const { standing } = this;
    if (!standing) return;
    this.subscribeOn(standing, subscription).catch((cause: unknown) => {
      standing.end.reach((cause as Error).message);
    });
  }

  /** A refusal concerns the one who asked; others who share the connection go on. */
  private async subscribeOn(standing: Session, subscription: Subscription): Promise<void> {
    const { topic, qos } = subscription;
    const isRefused = await this.confirmed(standing, (client) =>
      client.subscribeAsync(topic, { qos }).then(
        () => false,
        (cause: unknown) => {
          if (isRefusal(cause)) return true;
          throw cause;
        },
      ),
    );
    if (isRefused) subscription.onRefused?.(`${this.name} refuses the subscription to ${topic}`);
    else if (subscription.isRefused) subscription.onGranted?.();
    subscription.isRefused = isRefused;
  }

  private confirmed<T>({ client, end }: Session, act: (client: MqttClient) => Promise<T>): Promise<T> {
    const offline = (why: string): AgentError =>
      new AgentError('offline', `${this.name} did not confirm: ${why}`);
    const confirmation = (async () => act(client))().catch((cause: unknown): never => {
      throw offline((cause as Error).message);
    });
    const patience = { silentMs: ACKNOWLEDGEMENT_MS, progress: () => this.receivedBytes };
    return end.before(confirmation, patience, offline);
  }
}

/** The broker's answer is there, and it is 128 (MQTT 3.1.1, 3.9.3). */
const isRefusal = (cause: unknown): boolean =>
  (cause as { readonly packet?: { readonly cmd: string } }).packet?.cmd === 'suback';
