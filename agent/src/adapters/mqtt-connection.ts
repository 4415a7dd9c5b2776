import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { desiredFilter, deviceTopic, encodeMessage, MAX_PACKET_BYTES } from '@hamon/contracts';
import { MqttClient } from 'mqtt';
import { AgentError } from '../agent-error.js';
import { backoffMs } from '../core/backoff.js';
import { openBrokerSocket } from './broker-socket.js';
import { ConnectionEnd } from './connection-end.js';
import { PacketGuard } from './packet-guard.js';

export interface MqttConnectionOptions {
  readonly url: string;
  readonly fleet: string;
  readonly device: string;
  /** Made anew for each connect. */
  readonly password: (signal: AbortSignal) => Promise<string>;
  /** How often it says that it is there; the server takes silence of several times that for absence. */
  readonly presenceEveryMs?: number;
  /** By which what it says is dated; the machine's clock unless told otherwise. */
  readonly now?: () => Date;
  readonly onConnected: () => void;
  readonly onDisconnected: (why: string) => void;
  /** The broker refused the device itself: why it is shut out for good, undefined where it is not. */
  readonly explainRefusal?: (signal: AbortSignal) => Promise<string | undefined>;
  readonly onMessage: (topic: string, payload: Uint8Array) => void;
}

const KEEPALIVE_SECONDS = 15;
const CONNECT_TIMEOUT_MS = 10_000;
const PRESENCE_EVERY_MS = 5 * 60_000;
const ACKNOWLEDGEMENT_MS = 20_000;
/** Who is shut out for good asks on, rarely: the server's database may be restored from before. */
const SHUT_OUT_WAIT_MS = 10 * 60_000;
/** MQTT 3.1.1, 3.2.2.3: bad user name or password, not authorized. */
const REFUSALS: readonly unknown[] = [4, 5];
const BACKOFF = { firstMs: 500, maxMs: 30_000 };
/** A connection that lasted so long was a good one: the next wait begins small again. */
const STABLE_MS = 10_000;

interface Session {
  readonly client: MqttClient;
  readonly id: string;
  readonly end: ConnectionEnd;
}

/**
 * The device's way to its broker: connects, says that it is there (and by its last will that it is not), and comes back
 * whenever the connection is lost. Nothing is queued here: the caller keeps what cannot be sent now.
 */
export class MqttConnection {
  private session: Session | undefined;
  private guard = new PacketGuard(MAX_PACKET_BYTES);
  private formerBytes = 0;

  constructor(private readonly options: MqttConnectionOptions) {}

  get isConnected(): boolean {
    return this.session !== undefined;
  }

  /** Bytes of messages from the broker so far, also of one that is still on its way. */
  get receivedBytes(): number {
    return this.formerBytes + this.guard.publishedBytes;
  }

  /** Goes on until `signal` is aborted; then says that the device is gone, and disconnects. */
  async run(signal: AbortSignal): Promise<void> {
    let failures = 0;
    while (!signal.aborted) {
      const startedMs = performance.now();
      const { why, refused } = await this.connectOnce(signal).catch((cause: unknown) => ({
        why: cause instanceof Error ? cause.message : String(cause),
        refused: false,
      }));
      if (signal.aborted) return;
      const shutOut = refused ? await this.options.explainRefusal?.(signal) : undefined;
      if (signal.aborted) return;
      this.options.onDisconnected(shutOut ?? why);
      failures = performance.now() - startedMs > STABLE_MS ? 0 : failures + 1;
      const waitMs =
        shutOut === undefined
          ? backoffMs(Math.max(0, failures - 1), BACKOFF, Math.random())
          : SHUT_OUT_WAIT_MS * (0.5 + Math.random());
      await delay(waitMs, undefined, { signal }).catch(() => undefined);
    }
  }

  /** @throws AgentError `offline` where the broker has not confirmed it */
  async publish(topic: string, payload: Uint8Array, options: { qos: 0 | 1; retain: boolean }): Promise<void> {
    await this.confirmed((client) => client.publishAsync(topic, Buffer.from(payload), options));
  }

  /** @throws AgentError `offline` */
  async subscribe(topic: string): Promise<void> {
    const granted = await this.confirmed((client) => client.subscribeAsync(topic, { qos: 1 }));
    // 128 is a refusal (MQTT 3.1.1, 3.9.3); the library reports it here instead of failing.
    if (granted.some(({ qos }) => (qos as number) === 128)) {
      throw new AgentError('offline', `the broker refused the subscription to ${topic}`);
    }
  }

  /** @throws AgentError `offline` */
  async unsubscribe(topic: string): Promise<void> {
    await this.confirmed((client) => client.unsubscribeAsync(topic));
  }

  private async confirmed<T>(act: (client: MqttClient) => Promise<T>): Promise<T> {
    const { session } = this;
    if (!session) throw new AgentError('offline', 'there is no connection to the broker');
    const offline = (why: string, cause?: unknown): AgentError =>
      new AgentError('offline', `the broker did not confirm: ${why}`, { cause });
    const confirmation = (async () => act(session.client))().catch((cause: unknown): never => {
      throw offline((cause as Error).message, cause);
    });
    const patience = { silentMs: ACKNOWLEDGEMENT_MS, progress: () => this.receivedBytes };
    return session.end.before(confirmation, patience, offline);
  }

  /** One connection from its beginning to its end; returns why it ended. */
  private async connectOnce(
    signal: AbortSignal,
  ): Promise<{ readonly why: string; readonly refused: boolean }> {
    const { device, password } = this.options;
    const secret = await password(signal);
    // An abort while the password was made has no listener yet.
    signal.throwIfAborted();
    const id = randomUUID();
    const client: MqttClient = new MqttClient(() => this.openSocket(() => client.reschedulePing(true)), {
      clientId: device,
      username: device,
      password: secret,
      protocolVersion: 4,
      clean: true,
      keepalive: KEEPALIVE_SECONDS,
      connectTimeout: CONNECT_TIMEOUT_MS,
      reconnectPeriod: 0,
      resubscribe: false,
      queueQoSZero: false,
      will: { ...this.presence(id, false), qos: 1, retain: true },
    });
    const end = new ConnectionEnd();
    let why = 'the connection was closed';
    let refused = false;
    client.on('error', (cause) => {
      const { code } = cause as NodeJS.ErrnoException;
      why = cause.message || code || why;
      refused = REFUSALS.includes(code);
      client.end(true);
    });
    client.once('close', () => end.reach(why));
    client.on('message', (topic, payload) => this.options.onMessage(topic, payload));
    const session: Session = { client, id, end };
    // The library pings after silence only; a broker that sends all the time would miss this side.
    const pings = setInterval(() => {
      if (client.connected) client.sendPing();
    }, KEEPALIVE_SECONDS * 1000).unref();
    const leave = (): void => void this.takeLeave(session);
    signal.addEventListener('abort', leave, { once: true });
    client.once('connect', () => void this.greet(session, signal));
    try {
      return { why: await end.wait(), refused };
    } finally {
      signal.removeEventListener('abort', leave);
      clearInterval(pings);
      if (this.session === session) this.session = undefined;
      client.end(true);
    }
  }

  private async greet(session: Session, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    this.session = session;
    const { fleet, device } = this.options;
    try {
      // Before the presence: commands are sent once it is known, and are not retained. A broker whose access list does not
      // know the topic yet costs benchmarks, not the device.
      await this.subscribe(deviceTopic('command', fleet, device)).catch(() => undefined);
      const { topic, payload } = this.presence(session.id, true);
      await this.publish(topic, payload, { qos: 1, retain: true });
      await this.subscribe(desiredFilter(fleet, device));
      // Likewise: a broker of the former release costs configurations.
      await this.subscribe(deviceTopic('config', fleet, device)).catch(() => undefined);
      this.options.onConnected();
      this.keepSaying(session, { topic, payload }, signal);
    } catch (cause) {
      // The real reason: "the connection was closed" would make people look at the network.
      session.end.reach((cause as Error).message);
    }
  }

  /** A broker may lose a last will: only repeated presence shows that the device is still there. */
  private keepSaying(
    session: Session,
    { topic, payload }: { topic: string; payload: Buffer },
    signal: AbortSignal,
  ): void {
    const everyMs = this.options.presenceEveryMs ?? PRESENCE_EVERY_MS;
    const timer = setInterval(() => {
      // After the device said that it is gone, this would contradict it.
      if (this.session !== session || signal.aborted) clearInterval(timer);
      else this.publish(topic, payload, { qos: 1, retain: true }).catch(() => undefined);
    }, everyMs).unref();
  }

  private async takeLeave(session: Session): Promise<void> {
    const { topic, payload } = this.presence(session.id, false);
    if (this.session === session) {
      await this.publish(topic, payload, { qos: 1, retain: true }).catch(() => undefined);
    }
    session.client.end(false, () => undefined);
    // A broker that does not close its side must not hold up the device's stop.
    setTimeout(() => session.client.end(true), 1000).unref();
  }

  private presence(connection: string, online: boolean): { topic: string; payload: Buffer } {
    const { fleet, device, now = () => new Date() } = this.options;
    const at = now().toISOString();
    const message = { schema: 'hamon.presence/1', device, online, connection, at } as const;
    return {
      topic: deviceTopic('presence', fleet, device),
      payload: Buffer.from(encodeMessage('presence', message)),
    };
  }

  /**
   * @param onBytes any byte is a sign of life: on a slow link the answer to a ping comes behind a chunk that takes
   * longer than the library would wait
   */
  private openSocket(onBytes: () => void): Socket {
    this.formerBytes = this.receivedBytes;
    const guard = new PacketGuard(MAX_PACKET_BYTES);
    this.guard = guard;
    return openBrokerSocket({
      url: this.options.url,
      onPiece: (piece) => {
        onBytes();
        return guard.allows(piece) ? undefined : `a packet of more than ${MAX_PACKET_BYTES} bytes`;
      },
    });
  }
}
