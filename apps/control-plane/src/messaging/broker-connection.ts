import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { serverSubscriptions } from '@hamon/contracts';
import mqtt, { type MqttClient } from 'mqtt';
import { ControlPlaneError } from '../platform/errors.js';
import { Readiness } from '../platform/health/readiness.js';
import { Log } from '../platform/log.js';
import { Broker } from './broker.js';

const FIRST_CONNECT_MS = 5_000;
const ACK_MS = 30_000;
/** A broker whose rules are being corrected lets the control plane in a moment later. */
const RESUBSCRIBE_MS = 5_000;

/**
 * Resolves when the next message may come: the broker keeps what a handler does not take yet. `retained` is a message
 * that the broker had kept for an unknown time.
 */
export type MessageHandler = (topic: string, payload: Buffer, retained: boolean) => void | Promise<void>;

/**
 * The control plane's own connection to the broker, also to the embedded one; it publishes by it. With an operator's broker,
 * devices' messages come by it too; the embedded one hands them over before it acknowledges them.
 */
@Injectable()
export class BrokerConnection implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly log: Log;
  private readonly listeners: (() => void)[] = [];
  private handler: MessageHandler = () => undefined;
  private client: MqttClient | undefined;
  private isReady = false;
  private isClosed = false;
  private resubscribing: NodeJS.Timeout | undefined;

  constructor(
    private readonly broker: Broker,
    log: Log,
    readiness: Readiness,
  ) {
    this.log = log.with({ room: 'messaging' });
    readiness.register('broker', () => Promise.resolve(this.isReady ? undefined : 'not connected'));
  }

  /** Connected and subscribed. */
  get ready(): boolean {
    return this.isReady;
  }

  /** Takes all messages; set before the application starts. */
  handleWith(handler: MessageHandler): void {
    this.handler = handler;
    this.broker.embedded?.handOverTo((topic, payload) => handler(topic, payload, false));
  }

  /** Takes no more messages. Those not taken are not acknowledged: their senders keep them for the next start. */
  closeIntake(): void {
    this.isClosed = true;
    this.broker.embedded?.closeIntake();
  }

  /** Called after each connect: the broker may have lost retained messages. */
  onConnect(listener: () => void): void {
    this.listeners.push(listener);
  }

  async onApplicationBootstrap(): Promise<void> {
    const client = mqtt.connect(this.broker.url, {
      ...this.broker.account,
      protocolVersion: 4,
      keepalive: 30,
      connectTimeout: 10_000,
      reconnectPeriod: 1_000,
      resubscribe: false,
    });
    this.client = client;
    // The library's hook for back pressure: it acknowledges, and reads on, when the callback is called.
    client.handleMessage = (packet, done) => {
      // With an error it reads on, so that our own acknowledgements arrive, and acknowledges nothing.
      if (this.isClosed) return void done(new Error('the control plane is stopping'));
      const { topic, payload, retain } = packet as { topic: string; payload: Buffer; retain: boolean };
      Promise.resolve()
        .then(() => this.handler(topic, payload, retain))
        .catch((cause: unknown) => this.log.error('a message could not be taken', cause, { topic }))
        .finally(() => done());
    };
    client.on('error', (cause) => this.log.error('the broker refused or failed the connection', cause));
    client.on('close', () => {
      if (this.isReady) this.log.warn('the connection to the broker was lost');
      this.isReady = false;
    });
    await new Promise<void>((resolve) => {
      const patience = setTimeout(() => {
        this.log.warn('the broker cannot be reached yet; trying again', { url: this.broker.url });
        resolve();
      }, FIRST_CONNECT_MS);
      client.on('connect', () => {
        void this.subscribe(client).finally(() => {
          clearTimeout(patience);
          resolve();
        });
      });
    });
  }

  /** Publishes with QoS 1; resolves when the broker has it. An empty payload clears what was retained. */
  async publish(topic: string, payload: Uint8Array | string, retain: boolean): Promise<void> {
    const client = this.client;
    // The library would queue without bound while it is offline.
    if (!client?.connected) throw new ControlPlaneError('unavailable', 'the broker is not connected');
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(
        () => reject(new ControlPlaneError('unavailable', `the broker did not acknowledge ${topic}`)),
        ACK_MS,
      );
    });
    const bytes =
      typeof payload === 'string' ? payload : Buffer.from(payload.buffer, payload.byteOffset, payload.length);
    try {
      await Promise.race([client.publishAsync(topic, bytes, { qos: 1, retain }), late]);
    } finally {
      clearTimeout(timer);
    }
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.isReady = false;
    clearTimeout(this.resubscribing);
    await this.client?.endAsync(true);
    await this.broker.embedded?.stop();
  }

  private async subscribe(client: MqttClient): Promise<void> {
    clearTimeout(this.resubscribing);
    try {
      if (!this.broker.embedded) await client.subscribeAsync(serverSubscriptions(), { qos: 1 });
    } catch (cause) {
      if (client.disconnecting || !client.connected) return;
      this.log.error("the broker does not let the control plane subscribe to its devices' topics", cause);
      this.resubscribing = setTimeout(() => {
        if (client.connected) void this.subscribe(client);
      }, RESUBSCRIBE_MS);
      return;
    }
    this.isReady = true;
    this.log.info('connected to the broker', { url: this.broker.url });
    for (const listener of this.listeners) listener();
  }
}
