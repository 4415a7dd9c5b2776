import { Injectable } from '@nestjs/common';
import { deviceTopic } from '@hamon/contracts';
import { Log } from '../platform/log.js';
import { BrokerConnection } from './broker-connection.js';

/** What the broker keeps of a device's own words. */
@Injectable()
export class RetainedReports {
  constructor(
    private readonly connection: BrokerConnection,
    private readonly log: Log,
  ) {}

  /**
   * Clears what hardware that is gone said last. Nothing depends on it: whoever reads it later knows that it is of a
   * retired device, or older than the hardware that took its place.
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
