import { Module, type OnApplicationBootstrap } from '@nestjs/common';
import { Clock } from '../platform/clock/clock.js';
import { Config } from '../platform/config/config.js';
import { Log } from '../platform/log.js';
import { allowsAnonymous } from './anonymous-access.js';
import { Broker, openBroker } from './broker.js';
import { BrokerAddress } from './broker-address.js';
import { BrokerConnection } from './broker-connection.js';
import { ConnectableDevices } from './device-directory.js';
import { Inbox } from './inbox.js';
import { Outbox } from './outbox.js';
import { OutboxMetrics } from './outbox-metrics.js';
import { OutboxPublisher } from './outbox-publisher.js';
import { OutboxStore } from './outbox.store.js';
import { PeerReports } from './peer-reports.js';
import { RetainedReports } from './retained-reports.js';
import { StoredMessages } from './stored-messages.js';

/** Everything between the database and the broker. */
@Module({
  providers: [
    PeerReports,
    { provide: Broker, useFactory: openBroker, inject: [Config, ConnectableDevices, PeerReports, Clock] },
    BrokerAddress,
    BrokerConnection,
    ConnectableDevices,
    Inbox,
    Outbox,
    OutboxMetrics,
    OutboxPublisher,
    OutboxStore,
    RetainedReports,
    StoredMessages,
  ],
  exports: [
    Broker,
    BrokerAddress,
    BrokerConnection,
    ConnectableDevices,
    Inbox,
    Outbox,
    PeerReports,
    RetainedReports,
    StoredMessages,
  ],
})
export class MessagingModule implements OnApplicationBootstrap {
  constructor(
    private readonly broker: Broker,
    private readonly address: BrokerAddress,
    private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    if (!this.broker.embedded) void this.warnOfOpenBroker();
  }

  private async warnOfOpenBroker(): Promise<void> {
    // Devices may have a listener of their own.
    for (const url of new Set([this.broker.url, this.address.urlForDevices()])) {
      if (!(await allowsAnonymous(url))) continue;
      this.log.warn(
        'THE MQTT BROKER LETS ANYBODY IN: without credentials its topic rules protect nothing. ' +
          'Set "allow_anonymous false" (Mosquitto) or the like, and give it the files in HAMON_DATA/mosquitto.',
        { url },
      );
    }
  }
}
