import {
  DEVICE_ABILITIES,
  messageSpec,
  parseTopic,
  type DeviceFacts,
  type ParsedTopic,
  type ReportedState,
} from '@hamon/contracts';
import type { Logger } from 'pino';
import type { Identity } from './adapters/identity.js';
import { MqttConnection } from './adapters/mqtt-connection.js';
import type { Outbox } from './adapters/outbox.js';
import { OutboxSender } from './adapters/outbox-sender.js';
import type { ServerClock } from './adapters/server-clock.js';
import { BrokerAccess } from './broker-access.js';
import type { Conditions } from './conditions.js';
import type { DeviceState } from './core/device-state.js';
import type { FrameCounters } from './data/frame-counters.js';
import type { DeviceTokens } from './device-tokens.js';
import type { Events } from './events.js';
import { ManifestInbox } from './manifest-inbox.js';
import { Reporter } from './reporter.js';
import type { StateKeeper } from './state-keeper.js';

export interface ControlLinkOptions {
  readonly identity: Identity;
  /** Of the control plane, and of the broker. */
  readonly serverUrl: string;
  readonly mqttUrl: string;
  readonly facts: DeviceFacts;
  /** Of the pinned manifest key. */
  readonly keyId: string;
  readonly tokens: DeviceTokens;
  readonly clock: ServerClock;
  readonly keeper: StateKeeper<DeviceState>;
  readonly outbox: Outbox;
  readonly events: Events;
  readonly counters: FrameCounters;
  readonly conditions: Conditions;
  /** Which model answers which stream. */
  readonly streams: () => ReportedState['streams'];
  /** What became of the newest configuration from the centre. */
  readonly configuration: () => ReportedState['configuration'];
  /** Pictures that are kept. */
  readonly samples: () => ReportedState['samples'];
  /** A manifest of this model was accepted or withdrawn. */
  readonly onDesired: (model: string) => void;
  readonly log: Logger;
}

/** Who else gets what the broker sends. */
export interface LinkListener {
  connected(): void;
  disconnected(): void;
  receive(message: ParsedTopic, payload: Uint8Array): void;
}

/** Everything between this device and its control plane. */
export class ControlLink {
  readonly connection: MqttConnection;
  readonly reporter: Reporter;
  private readonly access: BrokerAccess;
  private readonly inbox: ManifestInbox;
  private readonly sender: OutboxSender;
  private readonly listeners: LinkListener[] = [];
  private readonly leaving = new AbortController();
  private running: Promise<void> | undefined;

  constructor(private readonly options: ControlLinkOptions) {
    const { identity, mqttUrl, facts, keyId, keeper, clock, outbox, counters, conditions, streams } = options;
    const { configuration, samples } = options;
    const { fleet, device } = identity;
    this.access = new BrokerAccess(options);
    const connection = new MqttConnection({
      ...{ url: mqttUrl, fleet, device },
      password: (signal) => this.access.password(signal),
      now: () => clock.stamp(),
      onConnected: () => this.connected(),
      onDisconnected: (why) => this.disconnected(why),
      explainRefusal: (signal) => this.access.explainRefusal(signal),
      onMessage: (topic, payload) => this.receive(topic, payload),
    });
    this.connection = connection;
    this.reporter = new Reporter({
      ...{ fleet, device, facts, keyId, connection, streams, configuration, samples },
      abilities: DEVICE_ABILITIES,
      counters: () => counters.read(),
      conditions: () => conditions.list(),
      state: () => keeper.state,
      now: () => clock.stamp(),
    });
    this.sender = new OutboxSender(outbox, connection, fleet, device);
    this.inbox = inboxOf(this.reporter, options);
  }

  /** Before the link is started. */
  listen(listener: LinkListener): void {
    this.listeners.push(listener);
  }

  start(): void {
    this.running = this.connection.run(this.leaving.signal);
  }

  /** Something is in the outbox. */
  send(): void {
    void this.sender.kick();
  }

  /** Sends what it can within `graceMs`, reports that it leaves and disconnects. */
  async stop(graceMs: number): Promise<void> {
    this.inbox.close();
    const sent = Promise.all([this.reporter.flush(), this.sender.kick()]);
    await Promise.race([sent, new Promise((resolve) => setTimeout(resolve, graceMs).unref())]);
    this.leaving.abort(new Error('the agent stops'));
    await this.running;
  }

  /** Why the server shut this device out for good; null while it has not said so. */
  get shutOut(): string | null {
    return this.access.shutOut;
  }

  private connected(): void {
    this.access.granted();
    this.options.log.info('connected to the broker');
    this.reporter.changed();
    for (const listener of this.listeners) listener.connected();
    this.tellDropped();
    this.send();
  }

  /** Once per connection: an event per dropped record would itself fill the outbox and push everything else out. */
  private tellDropped(): void {
    const dropped = this.options.outbox.takeDropped();
    if (dropped === 0) return;
    const detail = `${dropped} records: the outbox was full, or each attempt to send one ended the connection`;
    this.options.events.tell('records-dropped', { detail });
  }

  private disconnected(why: string): void {
    this.options.log.warn({ why }, 'no connection to the broker');
    for (const listener of this.listeners) listener.disconnected();
  }

  private receive(topic: string, payload: Uint8Array): void {
    const message = parseTopic(topic);
    if (!message) return;
    if (message.name === 'desired') void this.inbox.receive(message.model, payload);
    for (const listener of this.listeners) listener.receive(message, payload);
  }
}

function inboxOf(
  reporter: Reporter,
  { identity, keeper, clock, events, onDesired }: ControlLinkOptions,
): ManifestInbox {
  const { fleet, device, manifestKey } = identity;
  return new ManifestInbox({
    ...{ fleet, device, manifestKey, keeper },
    maxBytes: messageSpec('desired').maxBytes,
    believed: () => clock.believed,
    onAccepted: (model) => {
      reporter.reject(model, null);
      onDesired(model);
    },
    onKnown: (model) => reporter.reject(model, null),
    onRejected: (model, reason, what) => {
      if (reporter.reject(model, reason, what)) events.tell('manifest-rejected', { model, reason });
    },
  });
}
