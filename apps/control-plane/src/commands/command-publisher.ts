import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { deviceTopic, encodeMessage } from '@hamon/contracts';
import { DataSource } from 'typeorm';
import { boundedParallel } from '../messaging/bounded-parallel.js';
import { BrokerConnection } from '../messaging/broker-connection.js';
import { Log } from '../platform/log.js';
import { startPeriodic, type Periodic } from '../platform/periodic.js';
import { CommandSources, type CommandSource } from './command-sources.js';

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
export class CommandPublisher implements OnApplicationBootstrap, OnModuleDestroy {
  private periodic: Periodic | undefined;

  constructor(
    private readonly database: DataSource,
    private readonly connection: BrokerConnection,
    private readonly sources: CommandSources,
    private readonly log: Log,
  ) {}

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

  /** There are new commands; it would look by itself soon. */
  kick(): void {
    this.periodic?.kick();
  }

  private async run(signal: AbortSignal): Promise<void> {
    for (const source of this.sources.all) {
      let told = BATCH;
      while (told === BATCH && this.connection.ready && !signal.aborted) {
        told = await this.publishBatch(source);
      }
    }
  }

  /** Marked as told only after the broker's acknowledgement: after a crash before the commit it is sent again. */
  private publishBatch(source: CommandSource): Promise<number> {
    return this.database.transaction(async (manager) => {
      const untold = await source.lockUntold(manager, AGAIN_SECONDS, BATCH);
      await boundedParallel(untold, WINDOW, async ({ fleet, device, jws }) => {
        const topic = deviceTopic('command', fleet, device);
        await this.connection.publish(topic, encodeMessage('command', jws), false);
      });
      if (untold.length > 0) await source.markTold(manager, untold);
      return untold.length;
    });
  }
}
