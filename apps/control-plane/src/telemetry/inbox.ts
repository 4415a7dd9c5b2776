import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { decodeMessage, messageSpec, parseTopic, type DeviceMessageName } from '@hamon/contracts';
import { BenchmarkReplies } from '../benchmark/benchmark-replies.js';
import { BrokerConnection } from '../messaging/broker-connection.js';
import { PeerReports } from '../messaging/peer-reports.js';
import { Log } from '../platform/log.js';
import { Batch } from './batch.js';
import { ClockWatch } from './clock-watch.js';
import { DeviceEventStore } from './device-event.store.js';
import { IntakeQuota } from './intake-quota.js';
import { IngestBell } from './ingest-bell.js';
import { PresenceStore } from './presence.store.js';
import type { Incoming, Received } from './received.js';
import { ReportedStateIngest } from './reported-state.ingest.js';
import { outcomeOf } from './store-outcome.js';
import { WindowStore } from './window.store.js';

const RULES = { maxItems: 500, maxWaitMs: 100 };

type Batches = { readonly [N in Incoming]: Batch<Received<N>> };

/**
 * Takes what devices send. A message that is malformed, too large, or speaks of another device than its topic is counted
 * and dropped; nobody else notices.
 */
@Injectable()
export class Inbox implements OnModuleInit, OnModuleDestroy {
  readonly #batches: Batches;
  readonly #clocks: ClockWatch;

  constructor(
    private readonly connection: BrokerConnection,
    private readonly reports: PeerReports,
    private readonly quota: IntakeQuota,
    log: Log,
    bell: IngestBell,
    reported: ReportedStateIngest,
    presence: PresenceStore,
    stores: WindowStore,
    events: DeviceEventStore,
    replies: BenchmarkReplies,
  ) {
    const batch = <N extends Incoming>(name: N, write: (items: readonly Received<N>[]) => Promise<void>) =>
      new Batch<Received<N>>(
        RULES,
        (items) =>
          outcomeOf(
            async () => {
              await write(items);
              bell.ring(items.map(({ device }) => device));
            },
            (cause) => log.error(`${name} messages could not be stored yet`, cause),
          ),
        ({ device }) => reports.dropped(name, device, 'the database refuses its content'),
      );
    this.#clocks = new ClockWatch((message, fields) => log.warn(message, fields));
    this.#batches = {
      reported: batch('reported', (items) => reported.store(items)),
      presence: batch('presence', (items) => presence.store(items)),
      telemetry: batch('telemetry', (items) => stores.insert(items)),
      event: batch('event', (items) => events.insert(items)),
      reply: batch('reply', (items) => replies.take(items)),
    };
  }

  onModuleInit(): void {
    this.connection.handleWith((topic, payload, retained) => this.take(topic, payload, retained));
  }

  async onModuleDestroy(): Promise<void> {
    this.connection.handleWith(() => undefined);
    await Promise.all(Object.values(this.#batches).map((batch) => batch.stop()));
  }

  take(topic: string, payload: Uint8Array, retained: boolean): void | Promise<void> {
    const parsed = parseTopic(topic);
    // An empty retained message was cleared, by an operator for instance.
    if (!parsed || parsed.name === 'chunk' || !isIncoming(parsed.name) || payload.length === 0) return;
    return this.#receive(parsed.name, parsed.fleet, parsed.device, payload, retained);
  }

  #receive<N extends Incoming>(
    name: N,
    fleet: string,
    device: string,
    payload: Uint8Array,
    retained: boolean,
  ): void | Promise<void> {
    const decoded = decodeMessage(name, payload);
    if (!decoded.ok) return this.reports.dropped(name, device, decoded.error.detail);
    const message = decoded.value;
    if (message.device !== device) {
      return this.reports.dropped(name, device, `it speaks of device "${message.device}"`);
    }
    if (message.schema === 'hamon.window/1') {
      const rule = this.#clocks.judge(message, new Date());
      if (rule !== undefined) return this.reports.dropped(name, device, rule);
    }
    if (name === 'telemetry' || name === 'event') {
      const rule = this.quota.refuse(name, device, payload.length, performance.now());
      if (rule !== undefined) return this.reports.dropped(`${name}-quota`, device, rule);
    }
    const batch: Batch<Received<N>> = this.#batches[name];
    return batch.add({ fleet, device, message, retained });
  }
}

const isIncoming = (name: DeviceMessageName): name is Incoming => messageSpec(name).direction === 'to-server';
