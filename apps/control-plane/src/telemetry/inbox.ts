import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { decodeMessage, isToServer, parseTopic } from '@hamon/contracts';
import { BenchmarkReplies } from '../benchmark/benchmark-replies.js';
import { BrokerConnection } from '../messaging/broker-connection.js';
import { PeerReports } from '../messaging/peer-reports.js';
import { Clock } from '../platform/clock/clock.js';
import { Config } from '../platform/config/config.js';
import { databaseShares } from '../platform/database-shares.js';
import { FairTurns } from '../platform/fair-turns.js';
import { Readiness } from '../platform/health/readiness.js';
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
/** A database that fails over is back by then; whoever stops a service waits for longer. */
const STORE_AT_STOP_MS = 15_000;

type Batches = { readonly [N in Incoming]: Batch<Received<N>> };

/**
 * Takes what devices send. A message that is malformed, too large, or speaks of another device than its topic is counted
 * and dropped; so is one that the store has no answer to. Nobody else notices: fleets are stored apart.
 */
@Injectable()
export class Inbox implements OnModuleInit, OnModuleDestroy {
  private readonly batches: Batches;
  private readonly clocks: ClockWatch;

  constructor(
    private readonly connection: BrokerConnection,
    private readonly reports: PeerReports,
    private readonly quota: IntakeQuota,
    private readonly log: Log,
    private readonly clock: Clock,
    bell: IngestBell,
    reported: ReportedStateIngest,
    presence: PresenceStore,
    stores: WindowStore,
    events: DeviceEventStore,
    replies: BenchmarkReplies,
    readiness: Readiness,
    config: Config,
  ) {
    // All batches together, so that however much devices send, others find connections. A fleet whose stores all hang
    // leaves half of them to the others.
    const { ingestion } = databaseShares(config.databaseConnections);
    const turns = new FairTurns({
      ...{ atOnce: ingestion, atOnceEach: Math.ceil(ingestion / 2) },
      ...{ waiting: Infinity, waitingEach: Infinity },
    });
    const batch = <N extends Incoming>(name: N, write: (items: readonly Received<N>[]) => Promise<void>) =>
      new Batch<Received<N>>(RULES, {
        laneOf: ({ fleet }) => fleet,
        store: async (items) => {
          const end = await turns.take(name, items[0]?.fleet ?? '');
          try {
            return await outcomeOf(async () => {
              await write(items);
              bell.ring(items.map(({ device }) => device));
            });
          } finally {
            end?.();
          }
        },
        failed: (cause) => log.error(`${name} messages could not be stored yet`, cause),
        setAside: ({ device }, { kind, cause }) => {
          if (kind === 'refused') return reports.dropped(name, device, 'the database refuses its content');
          const why = cause instanceof Error ? cause.message : String(cause);
          reports.dropped(`${name}-quarantined`, device, `it could not be dealt with: ${why}`, cause);
        },
      });
    this.clocks = new ClockWatch((message, fields) => log.warn(message, fields));
    this.batches = {
      reported: batch('reported', (items) => reported.store(items)),
      presence: batch('presence', (items) => presence.store(items)),
      telemetry: batch('telemetry', (items) => stores.insert(items)),
      event: batch('event', (items) => events.insert(items)),
      reply: batch('reply', (items) => replies.take(items)),
    };
    readiness.register('ingestion', () => Promise.resolve(this.stuck()));
  }

  /** Anybody may ask: which kinds of messages wait is all that is told; the log has the reason. */
  private stuck(): string | undefined {
    const stuck = Object.entries(this.batches).filter(
      ([, batch]) => batch.stuckLanes(performance.now()).length > 0,
    );
    return stuck.length === 0
      ? undefined
      : `messages cannot be stored: ${stuck.map(([name]) => name).join(', ')}`;
  }

  onModuleInit(): void {
    this.connection.handleWith((topic, payload, retained) => this.take(topic, payload, retained));
  }

  /** What was taken was acknowledged: it is stored before anything that this needs is taken down. */
  async onModuleDestroy(): Promise<void> {
    this.connection.closeIntake();
    const batches = Object.entries(this.batches);
    const left = await Promise.all(
      batches.map(async ([name, batch]) => [name, await batch.stop(STORE_AT_STOP_MS)] as const),
    );
    const lost = left.filter(([, items]) => items > 0);
    if (lost.length === 0) return;
    this.log.error('acknowledged messages could not be stored before the stop', undefined, {
      lost: Object.fromEntries(lost),
    });
  }

  take(topic: string, payload: Uint8Array, retained: boolean): void | Promise<void> {
    const parsed = parseTopic(topic);
    // An empty retained message was cleared, by an operator for instance.
    if (!parsed || !isToServer(parsed) || payload.length === 0) return;
    return this.receive(parsed.name, parsed.fleet, parsed.device, payload, retained);
  }

  private receive<N extends Incoming>(
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
      const rule = this.clocks.judge(message, this.clock.now());
      if (rule !== undefined) return this.reports.dropped(name, device, rule);
    }
    if (name === 'telemetry' || name === 'event') {
      const rule = this.quota.refuse(name, device, payload.length, performance.now());
      if (rule !== undefined) return this.reports.dropped(`${name}-quota`, device, rule);
    }
    const batch: Batch<Received<N>> = this.batches[name];
    return batch.add({ fleet, device, message, retained });
  }
}
