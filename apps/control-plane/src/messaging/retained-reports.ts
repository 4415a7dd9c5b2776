import { Injectable } from '@nestjs/common';
import { deviceTopic } from '@hamon/contracts';
import { Log } from '../platform/log.js';
import { BrokerConnection } from './broker-connection.js';

/** What the broker retains of a device's messages. */
@Injectable()
export class RetainedReports {
  constructor(
    private readonly connection: BrokerConnection,
    private readonly log: Log,
  ) {}

  /**
   * Clears the last messages of hardware that is gone. Nothing depends on it: a later reader knows that they are of a
   * retired device, or older than the hardware that replaced it.
   */
  async forget(fleet: string, device: string): Promise<void> {
    try {
      await this.connection.publish(deviceTopic('reported', fleet, device), '', true);
      await this.connection.publish(deviceTopic('presence', fleet, device), '', true);
    } catch (cause) {
      this.log.error("a device's last words could not be cleared at the broker", cause, { device });
    }
  }
}
