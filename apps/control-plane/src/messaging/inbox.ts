import {
  Injectable,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
  type OnModuleInit,
} from '@nestjs/common';
import { decodeMessage, isToServer, parseTopic, TO_SERVER_NAMES } from '@hamon/contracts';
import { Config } from '../platform/config/config.js';
import { databaseShares } from '../platform/database-shares.js';
import { FairTurns } from '../platform/fair-turns.js';
import { Readiness } from '../platform/health/readiness.js';
import { Log } from '../platform/log.js';
import { Batch } from './batch.js';
import { BrokerConnection } from './broker-connection.js';
import type { MessageHandler } from './message-handler.js';
import { PeerReports } from './peer-reports.js';
import type { Incoming, Received } from './received.js';
import { outcomeOf } from './store-outcome.js';
import { StoredMessages } from './stored-messages.js';

const RULES = { maxItems: 500, maxWaitMs: 100 };
/** A database that fails over is back by then; a service manager waits for longer before it kills. */
const STORE_AT_STOP_MS = 15_000;

/** One kind of message: who handles it, and what waits to be stored. */
interface Intake<N extends Incoming> {
  readonly handler: MessageHandler<N>;
  readonly batch: Batch<Received<N>>;
}

type Intakes = { [N in Incoming]?: Intake<N> };

/**
 * Takes what devices send, for the capabilities that handle it. A message that is malformed, too large, or speaks of another
 * device than its topic is counted and dropped; so is one that the database refuses. Other fleets do not notice: fleets are
 * stored apart.
 */
@Injectable()
export class Inbox implements OnModuleInit, OnApplicationBootstrap, OnModuleDestroy {
  private readonly intakes: Intakes = {};
  private readonly turns: FairTurns;

  constructor(
    private readonly connection: BrokerConnection,
    private readonly reports: PeerReports,
    private readonly stored: StoredMessages,
    private readonly log: Log,
    readiness: Readiness,
    config: Config,
  ) {
    // All batches together, so that others find connections however much devices send. A fleet whose stores all hang
    // leaves half of them to the others.
    const { ingestion } = databaseShares(config.databaseConnections);
    this.turns = new FairTurns({
      ...{ atOnce: ingestion, atOnceEach: Math.ceil(ingestion / 2) },
      ...{ waiting: Infinity, waitingEach: Infinity },
    });
    readiness.register('ingestion', () => Promise.resolve(this.stuck()));
  }

  /** Registers who handles a kind of message; before the application starts. */
  handle<N extends Incoming>(name: N, handler: MessageHandler<N>): void {
    const intakes: { [K in N]?: Intake<K> } = this.intakes;
    intakes[name] = { handler, batch: this.batchOf(name, handler) };
  }

  onModuleInit(): void {
    this.connection.handleWith((topic, payload, retained) => this.take(topic, payload, retained));
  }

  /** A message without a handler would be acknowledged and lost. */
  onApplicationBootstrap(): void {
    const forgotten = TO_SERVER_NAMES.filter((name) => this.intakes[name] === undefined);
    if (forgotten.length > 0) throw new Error(`nobody handles messages of kind ${forgotten.join(', ')}`);
  }

  /** What was taken was acknowledged: it is stored before anything that storing needs is shut down. */
  async onModuleDestroy(): Promise<void> {
    this.connection.closeIntake();
    const left = await Promise.all(
      Object.entries(this.intakes).map(
        async ([name, { batch }]) => [name, await batch.stop(STORE_AT_STOP_MS)] as const,
      ),
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
    const intake: Intake<N> | undefined = (this.intakes as { [K in N]?: Intake<K> })[name];
    if (!intake) return;
    const decoded = decodeMessage(name, payload);
    if (!decoded.ok) return this.reports.dropped(name, device, decoded.error.detail);
    const message = decoded.value;
    if (message.device !== device) {
      return this.reports.dropped(name, device, `it speaks of device "${message.device}"`);
    }
    const refusal = intake.handler.refuse?.({ device, message, lengthBytes: payload.length });
    if (refusal) return this.reports.dropped(refusal.what, device, refusal.detail);
    return intake.batch.add({ fleet, device, message, retained });
  }

  private batchOf<N extends Incoming>(name: N, { store }: MessageHandler<N>): Batch<Received<N>> {
    return new Batch<Received<N>>(RULES, {
      laneOf: ({ fleet }) => fleet,
      store: async (items) => {
        const end = await this.turns.take(name, items[0]?.fleet ?? '');
        try {
          return await outcomeOf(async () => {
            await store(items);
            this.stored.tell(items.map(({ device }) => device));
          });
        } finally {
          end?.();
        }
      },
      failed: (cause) => this.log.error(`${name} messages could not be stored yet`, cause),
      setAside: ({ device }, { kind, cause }) => {
        if (kind === 'refused') {
          return this.reports.dropped(name, device, 'the database refuses its content');
        }
        const why = cause instanceof Error ? cause.message : String(cause);
        this.reports.dropped(`${name}-quarantined`, device, `it could not be dealt with: ${why}`, cause);
      },
    });
  }

  /** Anybody may ask: it says only which kinds of messages wait; the log has the reason. */
  private stuck(): string | undefined {
    const stuck = Object.entries(this.intakes).filter(
      ([, { batch }]) => batch.stuckLanes(performance.now()).length > 0,
    );
    return stuck.length === 0
      ? undefined
      : `messages cannot be stored: ${stuck.map(([name]) => name).join(', ')}`;
  }
}
