import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { deviceTopic, encodeMessage, topicOf } from '@hamon/contracts';
import { Log } from '../platform/log.js';
import { startPeriodic, type Periodic } from '../platform/periodic.js';
import { boundedParallel } from './bounded-parallel.js';
import { BrokerConnection } from './broker-connection.js';
import { Outbox, RETAINED_KINDS, type Announced, type Announcement, type RetainedKind } from './outbox.js';
import { OutboxStore, type Claimed } from './outbox.store.js';

const POLL_MS = 250;
const BATCH = 200;
const WINDOW = 32;

/** Publishes what the outbox announces, at least once, always the newest state of each model and configuration. */
@Injectable()
export class OutboxPublisher implements OnApplicationBootstrap, OnModuleDestroy {
  private periodic: Periodic | undefined;
  /** What is still to be announced again, and how far; kept until it is done, as the database may be away meanwhile. */
  private announcing: readonly { readonly kind: RetainedKind; readonly after: string }[] = [];

  constructor(
    private readonly store: OutboxStore,
    private readonly connection: BrokerConnection,
    private readonly outbox: Outbox,
    private readonly log: Log,
  ) {
    // Retained messages are a cache of the database: after each connect everything is announced again.
    connection.onConnect(() => {
      this.announcing = RETAINED_KINDS.map((kind) => ({ kind, after: '' }));
      this.periodic?.kick();
    });
  }

  onApplicationBootstrap(): void {
    this.periodic = startPeriodic(
      'publishing desired states',
      POLL_MS,
      (signal) => this.drain(signal),
      this.log,
    );
    this.outbox.onKick(() => this.periodic?.kick());
  }

  async onModuleDestroy(): Promise<void> {
    await this.periodic?.stop();
  }

  /** A page of all devices at a time, in turn with the publishing: a decision made meanwhile waits for one page at most. */
  private async drain(signal: AbortSignal): Promise<void> {
    while (this.connection.ready && !signal.aborted) {
      await this.announce();
      const taken = await this.publishBatch();
      if (taken < BATCH && this.announcing.length === 0) return;
    }
  }

  private async announce(): Promise<void> {
    const { announcing } = this;
    const [first, ...rest] = announcing;
    if (!first) return;
    const { kind } = first;
    const devices = await this.outbox.source(kind).page(first.after, BATCH);
    await this.store.announce(kind, devices);
    const after = devices.length === BATCH ? devices.at(-1) : undefined;
    // Another connect meanwhile starts over.
    if (this.announcing !== announcing) return;
    this.announcing = after === undefined ? rest : [{ kind, after }, ...rest];
  }

  /** Rows are deleted only after the broker's acknowledgement: a crash at any line publishes again. */
  private async publishBatch(): Promise<number> {
    const claimed = await this.store.claim(BATCH);
    if (claimed.length === 0) return 0;
    try {
      const published = await this.outbox.current(claimed);
      await boundedParallel(published, WINDOW, (announced) => this.publish(announced));
      await this.settle(claimed, published);
    } catch (cause) {
      await this.store.release(claimed.map(({ id }) => id));
      throw cause;
    }
    return claimed.length;
  }

  /**
   * Ends announcements of which what was published just now is still desired. The others are due again at once.
   *
   * This makes the newest state win, also between replicas. A publisher of an older state, which read it before
   * a newer one was published, finds here that it is older; its own row is still there, and is published again. A state
   * that is decided only now has a row of its own, which is not claimed yet. So the last state published is never
   * an older one while no row is left.
   */
  async settle(claimed: readonly Claimed[], published: readonly Announced[]): Promise<void> {
    const before = digestsOf(published);
    const newest = digestsOf(await this.outbox.current(claimed));
    const isSettled = (one: Claimed): boolean => stateOf(one, before) === stateOf(one, newest);
    await this.store.end(claimed.filter(isSettled).map(({ id }) => id));
    await this.store.release(claimed.filter((row) => !isSettled(row)).map(({ id }) => id));
  }

  private publish({ kind, fleet, device, model, jws }: Announced): Promise<void> {
    if (kind === 'config') {
      const payload = jws ? encodeMessage('config', jws) : '';
      return this.connection.publish(deviceTopic('config', fleet, device), payload, true);
    }
    const topic =
      model === null
        ? deviceTopic('desiredSingle', fleet, device)
        : topicOf('desired', { fleet, device, model });
    return this.connection.publish(topic, jws ? encodeMessage('desired', jws) : '', true);
  }
}

/** By kind and device, then by model; null stands for the one topic of a former release, and for a configuration. */
type Digests = ReadonlyMap<string, ReadonlyMap<string | null, string>>;

function digestsOf(announced: readonly Announced[]): Digests {
  const digests = new Map<string, Map<string | null, string>>();
  for (const one of announced) {
    const key = keyOf(one);
    const own = digests.get(key) ?? new Map<string | null, string>();
    digests.set(key, own.set(one.model, one.digest));
  }
  return digests;
}

const keyOf = ({ kind, device }: Pick<Announcement, 'kind' | 'device'>): string => `${kind} ${device}`;

/** All that an announcement speaks of, in one text. */
function stateOf({ kind, device, model }: Announcement, digests: Digests): string {
  const own = digests.get(keyOf({ kind, device }));
  const models = model === null ? [...(own?.keys() ?? [])].sort() : [model, null];
  return models.flatMap((one) => (own?.get(one) ? [`${one ?? ''} ${own.get(one) ?? ''}`] : [])).join();
}
