import {
  Injectable,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
  type OnModuleInit,
} from '@nestjs/common';
import { deviceTopic, encodeMessage } from '@hamon/contracts';
import { DataSource } from 'typeorm';
import { boundedParallel } from '../messaging/bounded-parallel.js';
import { BrokerConnection } from '../messaging/broker-connection.js';
import { Log } from '../platform/log.js';
import { startPeriodic, type Periodic } from '../platform/periodic.js';
import { ChunkPublisher } from '../registry/chunk-publisher.js';
import { WantedBundles } from '../registry/wanted-bundles.js';
import { BenchmarkStore } from './benchmark.store.js';

const POLL_MS = 500;
const BATCH = 100;
const WINDOW = 16;
/** A device that has not answered for so long is told again: it may have lost the message before it could keep it. */
const AGAIN_SECONDS = 60;

/**
 * Publishes commands to the devices that are connected. A command is not retained: it is published once on each of the
 * device's connections until the device has answered that it is done. A device ignores a command that it has already.
 */
@Injectable()
export class CommandPublisher implements OnModuleInit, OnApplicationBootstrap, OnModuleDestroy {
  private periodic: Periodic | undefined;

  constructor(
    private readonly database: DataSource,
    private readonly connection: BrokerConnection,
    private readonly store: BenchmarkStore,
    private readonly chunks: ChunkPublisher,
    private readonly wanted: WantedBundles,
    private readonly log: Log,
  ) {}

  onModuleInit(): void {
    this.wanted.add((database) => this.store.wantedBundles(database));
  }

  onApplicationBootstrap(): void {
    this.periodic = startPeriodic(
      'publishing commands to devices',
      POLL_MS,
      (signal) => this.run(signal),
      this.log,
    );
  }

  async onModuleDestroy(): Promise<void> {
    await this.periodic?.stop();
  }

  /** Commands were added or removed: the bundles that they need change with them. */
  kick(): void {
    this.periodic?.kick();
    this.chunks.kick();
  }

  private async run(signal: AbortSignal): Promise<void> {
    let told = BATCH;
    while (told === BATCH && this.connection.ready && !signal.aborted) told = await this.publishBatch();
  }

  /** Marked as told only after the broker's acknowledgement: after a crash before the commit it is sent again. */
  private publishBatch(): Promise<number> {
    return this.database.transaction(async (manager) => {
      const untold = await this.store.lockUntold(manager, AGAIN_SECONDS, BATCH);
      await boundedParallel(untold, WINDOW, async ({ fleet, device, jws }) => {
        const topic = deviceTopic('command', fleet, device);
        await this.connection.publish(topic, encodeMessage('command', jws), false);
      });
      if (untold.length > 0) await this.store.markTold(manager, untold);
      return untold.length;
    });
  }
}
