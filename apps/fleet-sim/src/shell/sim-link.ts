import { setTimeout as delay } from 'node:timers/promises';
import { MAIN_STREAM, messageSpec, parseTopic } from '@hamon/contracts';
import {
  askWhyShutOut,
  assignedModels,
  DeviceTokens,
  earliestModel,
  Events,
  ManifestInbox,
  MqttConnection,
  OutboxSender,
  Reporter,
  type DeviceState,
  type ServerClock,
  type StateKeeper,
} from '@hamon/agent/protocol';
import type { Logger } from 'pino';
import type { MemoryOutbox } from './memory-outbox.js';
import { SIMULATED_FACTS, type OpenedDevice } from './open-device.js';

export interface SimLinkOptions {
  readonly opened: OpenedDevice;
  /** Of the pinned manifest key. */
  readonly keyId: string;
  readonly keeper: StateKeeper<DeviceState>;
  readonly outbox: MemoryOutbox;
  readonly clock: ServerClock;
  /** Since the device was switched on. */
  readonly frames: () => number;
  /** A manifest of this model was accepted. */
  readonly onDesired: (model: string) => void;
  readonly onRejected: () => void;
  readonly log: Logger;
}

/** How long a device that is told to end still sends what it has. */
const GRACE_MS = 2000;

/** Everything between a simulated device and its control plane, while it is switched on. */
export class SimLink {
  readonly events: Events;
  private readonly connection: MqttConnection;
  private readonly tokens: DeviceTokens;
  private readonly sender: OutboxSender;
  private readonly reporter: Reporter;
  private readonly inbox: ManifestInbox;
  private readonly leaving = new AbortController();
  private running: Promise<void> | undefined;
  private shutOutWhy: string | undefined;

  constructor(private readonly options: SimLinkOptions) {
    const { opened, keyId, keeper, outbox, clock, frames, log } = options;
    const { identity, key } = opened;
    const { fleet, device } = identity;
    const now = (): Date => clock.stamp();
    this.tokens = new DeviceTokens(identity, key, clock);
    this.connection = new MqttConnection({
      ...{ url: identity.mqttUrl, fleet, device, now },
      password: () => this.tokens.forBroker(),
      onConnected: () => this.connected(),
      onDisconnected: (why) => log.debug({ device, why }, 'no connection'),
      explainRefusal: (ending) => this.explainRefusal(ending),
      onMessage: (topic, payload) => {
        const message = parseTopic(topic);
        if (message?.name === 'desired') void this.inbox.receive(message.model, payload);
      },
    });
    const { connection } = this;
    this.sender = new OutboxSender(outbox, connection, fleet, device);
    this.events = new Events(device, outbox, log, () => this.send(), now);
    this.reporter = new Reporter({
      ...{ fleet, device, facts: SIMULATED_FACTS, keyId, connection, now },
      state: () => keeper.state,
      counters: () => ({ ...NO_FRAMES, accepted: frames(), answered: frames() }),
      conditions: () => [],
      streams: () => [{ name: MAIN_STREAM, model: earliestModel(keeper.state) }],
    });
    for (const model of assignedModels(keeper.state)) this.reporter.room(model, true);
    this.inbox = new ManifestInbox({
      ...{ fleet, device, keeper, manifestKey: identity.manifestKey },
      maxBytes: messageSpec('desired').maxBytes,
      believed: () => clock.believed,
      onAccepted: (model) => {
        this.reporter.reject(model, null);
        this.reporter.room(model, true);
        options.onDesired(model);
      },
      onKnown: (model) => this.reporter.reject(model, null),
      onRejected: (model, reason, what) => {
        options.onRejected();
        if (this.reporter.reject(model, reason, what))
          this.events.tell('manifest-rejected', { model, reason });
      },
    });
  }

  get isOnline(): boolean {
    return this.connection.isConnected;
  }

  /** Why the server shut the device out for good; undefined while it has not said so. */
  get shutOut(): string | undefined {
    return this.shutOutWhy;
  }

  start(): void {
    this.running = this.connection.run(this.leaving.signal);
  }

  /** Something is in the outbox. */
  send(): void {
    void this.sender.kick();
  }

  /** The device's state has changed. */
  changed(): void {
    this.reporter.changed();
  }

  /** Sends what it can within a grace period, then disconnects in order. */
  async stop(): Promise<void> {
    this.inbox.close();
    const sent = Promise.all([this.reporter.flush(), this.sender.kick()]);
    await Promise.race([sent, delay(GRACE_MS, undefined, { ref: false })]);
    this.leaving.abort(new Error('the device is switched off'));
    await this.running;
  }

  private connected(): void {
    this.shutOutWhy = undefined;
    this.reporter.changed();
    this.send();
  }

  private async explainRefusal(signal: AbortSignal): Promise<string | undefined> {
    const { serverUrl } = this.options.opened.identity;
    this.shutOutWhy = await askWhyShutOut(serverUrl, () => this.tokens.forApi(), signal);
    return this.shutOutWhy;
  }
}

const NO_FRAMES = { accepted: 0, answered: 0, skipped: 0, undecodable: 0, mismatched: 0 };
