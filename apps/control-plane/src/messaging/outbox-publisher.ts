import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { deviceTopic, encodeMessage } from '@hamon/contracts';
import { Log } from '../platform/log.js';
import { startPeriodic, type Periodic } from '../platform/periodic.js';
import { boundedParallel } from './bounded-parallel.js';
import { BrokerConnection } from './broker-connection.js';
import { Outbox } from './outbox.js';
import { OutboxStore, type Announced } from './outbox.store.js';

const POLL_MS = 250;
const BATCH = 200;
const WINDOW = 32;

/** Publishes what the outbox announces, at least once, always the newest desired state of a device. */
@Injectable()
export class OutboxPublisher implements OnApplicationBootstrap, OnModuleDestroy {
  private periodic: Periodic | undefined;
  /** How far everything has been announced anew; stays until it is done, as the database may be away meanwhile. */
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

  /** A page of all devices at a time, in turn with the publishing: what is decided meanwhile waits for a page at most. */
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
    const after = await this.store.announce(announcing.after, BATCH);
    // Another connect meanwhile begins anew.
    if (this.announcing === announcing) this.announcing = after === null ? undefined : { after };
  }

  /** Rows are deleted only after the broker's acknowledgement: a crash at any line publishes again. */
  private async publishBatch(): Promise<number> {
    const claimed = await this.store.claim(BATCH);
    if (claimed.length === 0) return 0;
    try {
      const newest = await this.store.desired(claimed.map(({ device }) => device));
      await boundedParallel(newest, WINDOW, (announced) => this.publish(announced));
      await this.store.settle(claimed, newest);
    } catch (cause) {
      await this.store.release(claimed.map(({ id }) => id));
      throw cause;
    }
    return claimed.length;
  }

  private publish({ fleet, device, jws }: Announced): Promise<void> {
    const message = jws ? encodeMessage('desired', jws) : '';
    return this.connection.publish(deviceTopic('desired', fleet, device), message, true);
  }
}
