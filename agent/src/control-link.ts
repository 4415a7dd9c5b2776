import { messageSpec, parseTopic, type DeviceFacts, type ParsedTopic } from '@hamon/contracts';
import type { Logger } from 'pino';
import { askWhyShutOut } from './adapters/ask-enrolment.js';
import { ChunkFetcher } from './adapters/chunk-fetcher.js';
import type { Identity } from './adapters/identity.js';
import { MqttConnection } from './adapters/mqtt-connection.js';
import type { Outbox } from './adapters/outbox.js';
import { OutboxSender } from './adapters/outbox-sender.js';
import type { ServerClock } from './adapters/server-clock.js';
import type { ChunkStore } from '@hamon/content';
import type { Conditions, Trouble } from './conditions.js';
import type { AgentConfig } from './config.js';
import type { DeviceState } from './core/device-state.js';
import { BELIEVABLE_OFFSET_MS, raisedFloor } from './core/time-floor.js';
import type { RouterCounters } from './data/router-counters.js';
import type { DeviceTokens } from './device-tokens.js';
import type { Events } from './events.js';
import { ManifestInbox } from './manifest-inbox.js';
import { Reporter } from './reporter.js';
import type { StateKeeper } from './state-keeper.js';

export interface ControlLinkOptions {
  readonly identity: Identity;
  readonly config: AgentConfig;
  readonly facts: DeviceFacts;
  /** Of the pinned manifest key. */
  readonly keyId: string;
  readonly tokens: DeviceTokens;
  readonly clock: ServerClock;
  readonly keeper: StateKeeper<DeviceState>;
  readonly chunks: ChunkStore;
  readonly outbox: Outbox;
  readonly events: Events;
  readonly counters: () => RouterCounters;
  readonly conditions: Conditions;
  /** A manifest was accepted or withdrawn. */
  readonly onDesired: () => void;
  /** Who else hears the broker. */
  readonly listener?: LinkListener;
  readonly log: Logger;
}

export interface LinkListener {
  connected(): void;
  disconnected(): void;
  receive(message: ParsedTopic, payload: Uint8Array): void;
}

/** Everything between this device and its control plane. */
export class ControlLink {
  readonly connection: MqttConnection;
  readonly reporter: Reporter;
  readonly fetcher: ChunkFetcher;
  private readonly inbox: ManifestInbox;
  private readonly sender: OutboxSender;
  private shutOutWhy: string | null = null;
  private readonly leaving = new AbortController();
  private running: Promise<void> | undefined;

  constructor(private readonly options: ControlLinkOptions) {
    const { identity, config, facts, keyId, keeper, chunks, outbox, events, counters, conditions } = options;
    const { fleet, device } = identity;
    this.connection = new MqttConnection({
      url: config.mqttUrl ?? identity.mqttUrl,
      fleet,
      device,
      password: (signal) => this.password(signal),
      now: () => options.clock.stamp(),
      onConnected: () => this.connected(),
      onDisconnected: (why) => this.disconnected(why),
      explainRefusal: (signal) => this.explainRefusal(signal),
      onMessage: (topic, payload) => this.receive(topic, payload),
    });
    const { connection } = this;
    this.reporter = new Reporter({
      ...{ fleet, device, facts, keyId, connection, counters },
      conditions: () => conditions.list(),
      state: () => keeper.state,
      now: () => options.clock.stamp(),
    });
    this.sender = new OutboxSender(outbox, connection, fleet, device);
    this.fetcher = new ChunkFetcher({
      connection,
      fleet,
      store: chunks,
      askTimeoutMs: config.limits.chunkTimeoutSeconds * 1000,
      maxAsks: config.limits.chunkAttempts,
      onCorrupt: (detail) => events.tell('chunk-corrupt', { detail }),
    });
    this.inbox = new ManifestInbox({
      fleet,
      device,
      manifestKey: identity.manifestKey,
      keeper,
      maxBytes: messageSpec('desired').maxBytes,
      believed: () => options.clock.believed,
      onAccepted: () => {
        this.reporter.reject(null);
        options.onDesired();
      },
      onKnown: () => this.reporter.reject(null),
      onRejected: (reason, what) => {
        if (this.reporter.reject(reason, what)) events.tell('manifest-rejected', { reason });
      },
    });
  }

  start(): void {
    this.running = this.connection.run(this.leaving.signal);
  }

  /** Something is in the outbox. */
  send(): void {
    void this.sender.kick();
  }

  /** Sends what it can within `graceMs`, says goodbye and disconnects. */
  async stop(graceMs: number): Promise<void> {
    this.inbox.close();
    const sent = Promise.all([this.reporter.flush(), this.sender.kick()]);
    await Promise.race([sent, new Promise((resolve) => setTimeout(resolve, graceMs).unref())]);
    this.leaving.abort(new Error('the agent stops'));
    await this.running;
  }

  private async password(signal: AbortSignal): Promise<string> {
    const { clock, tokens, keeper, conditions } = this.options;
    if (await clock.measure(signal)) tokens.renew();
    const { offset } = clock;
    conditions.tell('clock-off', clockTrouble(offset));
    if (offset !== undefined && Math.abs(offset) < BELIEVABLE_OFFSET_MS) {
      const now = new Date();
      await keeper
        .update((state) => ({ ...state, timeFloor: raisedFloor(state.timeFloor, now) }))
        .catch(() => undefined);
    }
    return tokens.forBroker();
  }

  /** Why the server shut this device out for good; null while it has not said so. */
  get shutOut(): string | null {
    return this.shutOutWhy;
  }

  private async explainRefusal(signal: AbortSignal): Promise<string | undefined> {
    const { config, identity, tokens } = this.options;
    const serverUrl = config.serverUrl ?? identity.serverUrl;
    const why = await askWhyShutOut(serverUrl, () => tokens.forApi(), signal);
    if (why !== undefined) this.shutOutWhy = why;
    return why;
  }

  private connected(): void {
    this.shutOutWhy = null;
    this.options.log.info('connected to the broker');
    this.reporter.changed();
    this.fetcher.connected();
    this.options.listener?.connected();
    this.tellDropped();
    this.send();
  }

  /** Once per connection: told at each drop, the news itself would fill a full outbox and push everything else out. */
  private tellDropped(): void {
    const dropped = this.options.outbox.takeDropped();
    if (dropped === 0) return;
    const detail = `${dropped} records: the outbox was full, or each attempt to send one ended the connection`;
    this.options.events.tell('records-dropped', { detail });
  }

  private disconnected(why: string): void {
    this.options.log.warn({ why }, 'no connection to the broker');
    this.fetcher.disconnected();
    this.options.listener?.disconnected();
  }

  private receive(topic: string, payload: Uint8Array): void {
    const parsed = parseTopic(topic);
    if (parsed?.name === 'chunk') this.fetcher.receive(parsed.sha256, payload);
    else if (parsed?.name === 'desired') void this.inbox.receive(payload);
    if (parsed) this.options.listener?.receive(parsed, payload);
  }
}

/** Less is what clocks do; more confuses whoever compares a plant's records with the fleet's. */
const CLOCK_OFF_MS = 5 * 60_000;

function clockTrouble(offsetMs = 0): Trouble | null {
  if (Math.abs(offsetMs) < CLOCK_OFF_MS) return null;
  const minutes = Math.round(Math.abs(offsetMs) / 60_000);
  const far = minutes < 120 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
  return { detail: `its clock is ${far} ${offsetMs > 0 ? 'behind' : 'ahead of'} the server's` };
}
