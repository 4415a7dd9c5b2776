import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { deviceTopic, encodeMessage, topicOf } from '@hamon/contracts';
import { Log } from '../platform/log.js';
import { startPeriodic, type Periodic } from '../platform/periodic.js';
import { boundedParallel } from './bounded-parallel.js';
import { BrokerConnection } from './broker-connection.js';
import { Outbox, type Announced, type Announcement } from './outbox.js';
import { OutboxStore, type Claimed } from './outbox.store.js';

const POLL_MS = 250;
const BATCH = 200;
const WINDOW = 32;

/** Publishes what the outbox announces, at least once, always the newest desired state of each model. */
@Injectable()
export class OutboxPublisher implements OnApplicationBootstrap, OnModuleDestroy {
  private periodic: Periodic | undefined;
  /** How far everything has been announced again; kept until it is done, as the database may be away meanwhile. */
  private announcing: { readonly after: string } | undefined;

  constructor(
    private readonly store: OutboxStore,
    private readonly connection: BrokerConnection,
    private readonly outbox: Outbox,
    private readonly log: Log,
  ) {
    // Retained messages are a cache of the database: after each connect everything is announced again.
    connection.onConnect(() => {
      this.announcing = { after: '' };
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
      if (taken < BATCH && !this.announcing) return;
    }
  }

  private async announce(): Promise<void> {
    const announcing = this.announcing;
    if (!announcing) return;
    const devices = await this.outbox.source.page(announcing.after, BATCH);
    await this.store.announce(devices);
    const after = devices.length === BATCH ? devices.at(-1) : undefined;
    // Another connect meanwhile starts over.
    if (this.announcing === announcing) this.announcing = after === undefined ? undefined : { after };
  }

  /** Rows are deleted only after the broker's acknowledgement: a crash at any line publishes again. */
  private async publishBatch(): Promise<number> {
    const claimed = await this.store.claim(BATCH);
    if (claimed.length === 0) return 0;
    try {
      const published = await this.desired(claimed);
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
    const newest = digestsOf(await this.desired(claimed));
    const isSettled = (one: Claimed): boolean => stateOf(one, before) === stateOf(one, newest);
    await this.store.end(claimed.filter(isSettled).map(({ id }) => id));
    await this.store.release(claimed.filter((row) => !isSettled(row)).map(({ id }) => id));
  }

  private desired(claimed: readonly Claimed[]): Promise<Announced[]> {
    return this.outbox.source.desired(claimed);
  }

  private publish({ fleet, device, model, jws }: Announced): Promise<void> {
    const topic =
      model === null
        ? deviceTopic('desiredSingle', fleet, device)
        : topicOf('desired', { fleet, device, model });
    return this.connection.publish(topic, jws ? encodeMessage('desired', jws) : '', true);
  }
}

/** By device, then by model; null stands for the one topic of a former release. */
type Digests = ReadonlyMap<string, ReadonlyMap<string | null, string>>;

function digestsOf(announced: readonly Announced[]): Digests {
  const byDevice = new Map<string, Map<string | null, string>>();
  for (const { device, model, digest } of announced) {
    byDevice.set(device, (byDevice.get(device) ?? new Map<string | null, string>()).set(model, digest));
  }
  return byDevice;
}

/** All that an announcement speaks of, in one text. */
function stateOf({ device, model }: Announcement, digests: Digests): string {
  const own = digests.get(device);
  const models = model === null ? [...(own?.keys() ?? [])].sort() : [model, null];
  return models.flatMap((one) => (own?.get(one) ? [`${one ?? ''} ${own.get(one) ?? ''}`] : [])).join();
}
